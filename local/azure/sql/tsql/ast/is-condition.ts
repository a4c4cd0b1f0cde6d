import type { Condition, Expression } from './expression.ts';

const conditionKinds: ReadonlySet<string> = new Set([
  'comparison',
  'quantified',
  'and',
  'or',
  'not',
  'isNull',
  'isDistinctFrom',
  'between',
  'in',
  'like',
  'exists',
]);

export function isCondition(node: Expression | Condition): node is Condition {
  return conditionKinds.has(node.kind);
}
