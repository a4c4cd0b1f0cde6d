import { assertArity } from '../functions/arguments.ts';
import { findFunction } from '../functions/function-table.ts';
import { refuse, SEE_FUNCTIONS } from '../functions/refusal.ts';
import type { CallSite, TemplateFunction } from '../functions/template-function.ts';
import { Deferred } from './deferred.ts';
import type { Expression, FunctionCall } from './expression.ts';
import { PendingLookup } from './expression-scope.ts';
import {
  bindLambdaVariables,
  type Frame,
  findLambdaVariable,
  withLambdaVariable,
} from './frame.ts';

/** Evaluates an expression in a frame; given by the evaluator, which calls back here. */
export type EvaluateIn = (expression: Expression, frame: Frame) => unknown;

/**
 * Calls a function of ARM. Offline, a call that needs what only run time knows gives a `Deferred` with the
 * arguments that were evaluated.
 *
 * @throws ServiceError 400 `InvalidTemplate` for an unknown function, or arguments that it does not take
 * @throws PendingLookup from the scope, when not offline
 */
export function callFunction(call: FunctionCall, frame: Frame, evaluateIn: EvaluateIn): unknown {
  const found = findFunction(call.name);
  if (found === undefined) throw unknownFunction(call);
  const { name, definition } = found;
  assertArity(call.args.length, definition.arity, name);
  const evaluated = new Map<Expression, unknown>();
  const site = createSite(name, definition, frame, evaluated, evaluateIn);
  if (!frame.offline) return run(definition, call, site);
  try {
    return run(definition, call, site);
  } catch (error) {
    if (error instanceof PendingLookup) return defer(call, evaluated, frame);
    throw error;
  }
}

/** @throws ServiceError, the engine's sentence about a name that is no function */
export function unknownFunction({ namespace, name }: FunctionCall): Error {
  const fullName = namespace === undefined ? name : `${namespace}.${name}`;
  return refuse(`The template function '${fullName}' is not valid. ${SEE_FUNCTIONS}`);
}

function createSite(
  name: string,
  definition: TemplateFunction,
  frame: Frame,
  evaluated: Map<Expression, unknown>,
  evaluateIn: EvaluateIn,
): CallSite {
  return {
    name,
    arity: definition.arity,
    scope: frame.scope,
    evaluate: (argument) => {
      const value = evaluateIn(argument, frame);
      if (frame.offline) evaluated.set(argument, value);
      return value;
    },
    evaluateLambda: (body, variables) => {
      let inner = frame;
      for (const [variable, value] of variables) inner = withLambdaVariable(inner, variable, value);
      return evaluateIn(body, inner);
    },
    lambdaVariable: (variable) => findLambdaVariable(frame, variable),
  };
}

function run(definition: TemplateFunction, call: FunctionCall, site: CallSite): unknown {
  if ('evaluateLazily' in definition) return definition.evaluateLazily(call.args, site);
  return definition.evaluate(call.args.map(site.evaluate), site);
}

/** The call as text: what was evaluated as its value, the rest as it was written. */
function defer(
  call: FunctionCall,
  evaluated: ReadonlyMap<Expression, unknown>,
  frame: Frame,
): Deferred {
  const args = call.args.map((arg): Expression => {
    if (!evaluated.has(arg)) return bindLambdaVariables(arg, frame);
    const value = evaluated.get(arg);
    return value instanceof Deferred ? value.expression : { kind: 'literal', value };
  });
  return new Deferred({ ...call, args });
}
