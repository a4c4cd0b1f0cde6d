import { refuse, SEE_FUNCTIONS } from '../functions/refusal.ts';
import { type EvaluateIn, unknownFunction } from './call-function.ts';
import { withParameters } from './derived-scope.ts';
import { evaluateTreeIn } from './evaluate-tree.ts';
import type { FunctionCall } from './expression.ts';
import type { Frame } from './frame.ts';

/** Functions of a template may call each other; nothing but this ends a circle of them. */
const MAXIMUM_DEPTH = 64;
const depths = new WeakMap<object, number>();

/**
 * Calls `namespace.name(…)` of the template's `functions`.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/user-defined-functions
 *
 * @throws ServiceError 400 `InvalidTemplate`
 */
export function callUserFunction(
  call: FunctionCall,
  frame: Frame,
  evaluateIn: EvaluateIn,
): unknown {
  const definition = frame.scope.userFunction(call.namespace ?? '', call.name);
  if (definition === undefined) throw unknownFunction(call);
  const fullName = `${call.namespace}.${call.name}`;
  const { parameters, output } = definition;
  if (call.args.length !== parameters.length) {
    throw refuse(
      `The template language function '${fullName}' expects exactly '${parameters.length}' parameters. ${SEE_FUNCTIONS}`,
    );
  }
  const depth = (depths.get(frame.scope) ?? 0) + 1;
  if (depth > MAXIMUM_DEPTH) throw refuse(`The template function '${fullName}' calls itself.`);
  const values = call.args.map((arg) => evaluateIn(arg, frame));
  const scope = withParameters(
    frame.scope,
    fullName,
    new Map(parameters.map((name, index) => [name.toLowerCase(), values[index]])),
  );
  depths.set(scope, depth);
  return evaluateTreeIn(output, { ...frame, scope, lambdaVariables: undefined }, evaluateIn);
}
