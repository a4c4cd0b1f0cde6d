import { accessProperty } from './access-property.ts';
import { callFunction } from './call-function.ts';
import { callUserFunction } from './call-user-function.ts';
import { evaluateTextIn, evaluateTreeIn } from './evaluate-tree.ts';
import type { Expression } from './expression.ts';
import type { ExpressionScope } from './expression-scope.ts';
import type { Frame } from './frame.ts';

/**
 * The value of a parsed expression: JSON, with integers exact up to 2^53.
 *
 * @throws ServiceError 400 `InvalidTemplate` with the sentence of Microsoft's engine
 * @throws PendingLookup when it needs a resource that the scope has not fetched yet
 */
export function evaluate(expression: Expression, scope: ExpressionScope): unknown {
  return evaluateIn(expression, onlineFrame(scope));
}

/** The value of a template's text: an expression in brackets, `[[` for a bracket, anything else as it is. */
export function evaluateString(text: string, scope: ExpressionScope): unknown {
  return evaluateTextIn(text, onlineFrame(scope), evaluateIn);
}

/** JSON with each text and property name evaluated and each property-level `copy` expanded. */
export function evaluateTree(value: unknown, scope: ExpressionScope): unknown {
  return evaluateTreeIn(value, onlineFrame(scope), evaluateIn);
}

/** For `partial.ts`; everyone else takes one of the functions above. */
export function evaluateIn(expression: Expression, frame: Frame): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'property':
      return accessProperty(
        evaluateIn(expression.target, frame),
        evaluateIn(expression.property, frame),
      );
    case 'call':
      if (expression.namespace === undefined) return callFunction(expression, frame, evaluateIn);
      return callUserFunction(expression, frame, evaluateIn);
  }
}

function onlineFrame(scope: ExpressionScope): Frame {
  return { scope, lambdaVariables: undefined, offline: false };
}
