import type { Expression } from './expression.ts';
import { PendingLookup } from './expression-scope.ts';

/**
 * A value that only run time knows, inside an offline evaluation: the expression that would give it.
 * It travels like any value; a function that must look into it throws `PendingLookup`, and becomes deferred
 * itself.
 */
export class Deferred {
  readonly expression: Expression;

  constructor(expression: Expression) {
    this.expression = expression;
  }
}

/** Every look at a value goes through here first. */
export function assertKnown(value: unknown): void {
  if (value instanceof Deferred) throw new PendingLookup('a deferred value');
}

/** Also looks into arrays and objects, for functions that compare or print whole values. */
export function assertWhollyKnown(value: unknown): void {
  assertKnown(value);
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) assertWhollyKnown(inner);
}
