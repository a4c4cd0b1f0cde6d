import { Deferred } from './deferred.ts';
import { evaluateIn } from './evaluate.ts';
import { evaluateTreeIn } from './evaluate-tree.ts';
import type { ExpressionScope } from './expression-scope.ts';
import { printExpression } from './print.ts';

/**
 * As evaluateTree(); where the scope throws `PendingLookup`, the result has an expression with everything
 * in it evaluated that can be: `[format('{0}x{1}', reference('/subscriptions/…').y, 3)]`, in the form that
 * `bicep snapshot` prints.
 *
 * @throws ServiceError 400 `InvalidTemplate`
 */
export function evaluateOffline(value: unknown, scope: ExpressionScope): unknown {
  return printDeferred(evaluatePartially(value, scope));
}

/**
 * The same with `Deferred` in the place of text. A scope gives its parameters and variables in this form
 * when they are not wholly known: their text, put into another expression, would be taken for a value.
 */
export function evaluatePartially(value: unknown, scope: ExpressionScope): unknown {
  return evaluateTreeIn(value, { scope, lambdaVariables: undefined, offline: true }, evaluateIn);
}

/** Each `Deferred` in a value as its expression in brackets. */
export function printDeferred(value: unknown): unknown {
  if (value instanceof Deferred) return `[${printExpression(value.expression)}]`;
  if (Array.isArray(value)) return value.map(printDeferred);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, printDeferred(inner)]),
  );
}
