import { withLoop } from './expression/derived-scope.ts';
import { evaluateString } from './expression/evaluate.ts';
import type { ExpressionScope } from './expression/expression-scope.ts';
import { invalidTemplate } from './invalid-template.ts';

/** Azure: https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-resources#copy-limits */
const LONGEST_LOOP = 800;

/**
 * How often a loop goes round.
 *
 * @param position "at line '1' and column '2'" of the copy definition
 * @throws ServiceError 400 `InvalidTemplate` unless it is 0 to 800; PendingLookup from `scope`
 */
export function loopCount(count: unknown, scope: ExpressionScope, position: string): number {
  const value = typeof count === 'string' ? evaluateString(count, scope) : count;
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LONGEST_LOOP) {
    return Number(value);
  }
  throw invalidTemplate(
    `The template 'copy' definition ${position} has an invalid copy count of: '${value}'. The copy count must be a non-negative integer value and cannot exceed '${LONGEST_LOOP}'. Please see https://aka.ms/arm-resource-loops for usage details.`,
  );
}

/** The scope of each turn of a resource's or an output's loop. */
export function loopScopes(
  name: string,
  count: number,
  scope: ExpressionScope,
): readonly ExpressionScope[] {
  return Array.from({ length: count }, (_, index) => withLoop(scope, name, index));
}
