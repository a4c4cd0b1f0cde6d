import type { Expression } from './expression.ts';
import type { ExpressionScope } from './expression-scope.ts';

/** Where one expression is evaluated: its deployment, and the lambdas around it. */
export interface Frame {
  readonly scope: ExpressionScope;
  readonly lambdaVariables: LambdaVariables | undefined;
  /** What only run time knows becomes a `Deferred` value instead of throwing `PendingLookup`. */
  readonly offline: boolean;
}

/** Innermost first. */
export interface LambdaVariables {
  readonly lowerName: string;
  readonly value: unknown;
  readonly outer: LambdaVariables | undefined;
}

export function withLambdaVariable(frame: Frame, name: string, value: unknown): Frame {
  const lowerName = name.toLowerCase();
  return { ...frame, lambdaVariables: { lowerName, value, outer: frame.lambdaVariables } };
}

export function findLambdaVariable(frame: Frame, name: string): LambdaVariables | undefined {
  const lowerName = name.toLowerCase();
  let variable = frame.lambdaVariables;
  while (variable !== undefined && variable.lowerName !== lowerName) variable = variable.outer;
  return variable;
}

/**
 * An expression that stays unevaluated, with the variables of the lambdas around it put in: outside of
 * them its text would mean nothing.
 */
export function bindLambdaVariables(expression: Expression, frame: Frame): Expression {
  if (frame.lambdaVariables === undefined || expression.kind === 'literal') return expression;
  if (expression.kind === 'property') {
    const target = bindLambdaVariables(expression.target, frame);
    return { kind: 'property', target, property: bindLambdaVariables(expression.property, frame) };
  }
  if (expression.name.toLowerCase() === 'lambdavariables') {
    const name = expression.args[0];
    const variable =
      name?.kind === 'literal' ? findLambdaVariable(frame, String(name.value)) : undefined;
    return variable === undefined ? expression : { kind: 'literal', value: variable.value };
  }
  const inner =
    expression.name.toLowerCase() === 'lambda' ? withoutShadowed(expression.args, frame) : frame;
  return { ...expression, args: expression.args.map((arg) => bindLambdaVariables(arg, inner)) };
}

function withoutShadowed(lambdaArgs: readonly Expression[], frame: Frame): Frame {
  const own = new Set(
    lambdaArgs
      .slice(0, -1)
      .map((arg) => (arg.kind === 'literal' ? String(arg.value).toLowerCase() : '')),
  );
  let kept: LambdaVariables | undefined;
  for (let variable = frame.lambdaVariables; variable !== undefined; variable = variable.outer) {
    if (!own.has(variable.lowerName)) kept = { ...variable, outer: kept };
  }
  // The order turned round matters only for equal names, of which the innermost must win.
  let result: LambdaVariables | undefined;
  for (; kept !== undefined; kept = kept.outer) result = { ...kept, outer: result };
  return { ...frame, lambdaVariables: result };
}
