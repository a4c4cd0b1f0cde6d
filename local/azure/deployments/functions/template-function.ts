import type { Expression } from '../expression/expression.ts';
import type { ExpressionScope } from '../expression/expression-scope.ts';

/** How many arguments: exactly so many, from–to, or at least so many. */
export type Arity = number | readonly [minimum: number, maximum: number] | { atLeast: number };

/** What a function sees of its call. */
export interface CallSite {
  /** As the documentation spells it. */
  readonly name: string;
  readonly arity: Arity;
  readonly scope: ExpressionScope;
  /** For lazy functions: each argument at most once. */
  evaluate(argument: Expression): unknown;
  /** The body of a lambda, with its variables. */
  evaluateLambda(body: Expression, variables: readonly (readonly [string, unknown])[]): unknown;
  lambdaVariable(name: string): { readonly value: unknown } | undefined;
}

export type TemplateFunction = EagerFunction | LazyFunction;

/** Its arguments are evaluated first, from left to right. */
export interface EagerFunction {
  readonly arity: Arity;
  readonly evaluate: (args: readonly unknown[], site: CallSite) => unknown;
}

/** Evaluates only those of its arguments that it needs. */
export interface LazyFunction {
  readonly arity: Arity;
  readonly evaluateLazily: (args: readonly Expression[], site: CallSite) => unknown;
}

/** One family of functions, by name. */
export type FunctionTable = Readonly<Record<string, TemplateFunction>>;

export function eager(arity: Arity, evaluate: EagerFunction['evaluate']): EagerFunction {
  return { arity, evaluate };
}

export function lazy(arity: Arity, evaluateLazily: LazyFunction['evaluateLazily']): LazyFunction {
  return { arity, evaluateLazily };
}
