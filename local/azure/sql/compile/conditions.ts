// Conditions: true, false or unknown, as SQLite's 1, 0 and NULL.
import { SqlError } from '../../tds/sql-error.ts';
import type { Condition, Expression } from '../tsql/ast/expression.ts';
import { isText } from '../values/type-rules.ts';
import { at } from './bind-error.ts';
import { castTo } from './cast.ts';
import { commonCollation, compareSql, keyOf, unify } from './compare.ts';
import type { Compilation } from './compilation.ts';
import type { SourceScope } from './sources.ts';
import { compileColumnQuery, compileExists } from './subqueries.ts';
import { collationOf, type Typed } from './typed.ts';

/** SQL of a condition. Throws SqlError. */
export function compileCondition(
  node: Condition,
  scope: SourceScope,
  compilation: Compilation,
): string {
  try {
    return compileNode(node, scope, compilation);
  } catch (error) {
    throw error instanceof SqlError ? at(error, node) : error;
  }
}

function compileNode(node: Condition, scope: SourceScope, compilation: Compilation): string {
  const value = (each: Expression) => compilation.expression(each, scope);
  const condition = (each: Condition) => compileCondition(each, scope, compilation);
  switch (node.kind) {
    case 'comparison':
      return compareSql(node.operator, value(node.left), value(node.right));
    case 'and':
    case 'or':
      return `(${condition(node.left)} ${node.kind.toUpperCase()} ${condition(node.right)})`;
    case 'not':
      return `(NOT ${condition(node.operand)})`;
    case 'isNull':
      return `(${value(node.operand).sql} IS ${node.negated ? 'NOT ' : ''}NULL)`;
    case 'isDistinctFrom':
      return compareSql(node.negated ? 'IS' : 'IS NOT', value(node.left), value(node.right));
    case 'between': {
      const operand = value(node.operand);
      const low = compareSql('>=', operand, value(node.low));
      const high = compareSql('<=', operand, value(node.high));
      return node.negated ? `(NOT (${low} AND ${high}))` : `(${low} AND ${high})`;
    }
    case 'in':
      return compileIn(node, scope, compilation);
    case 'like':
      return compileLike(node, scope, compilation);
    case 'exists':
      return compileExists(node.query, scope, compilation);
    default:
      return compileQuantified(node, scope, compilation);
  }
}

function compileIn(
  node: Extract<Condition, { kind: 'in' }>,
  scope: SourceScope,
  compilation: Compilation,
): string {
  const operand = compilation.expression(node.operand, scope);
  const not = node.negated ? 'NOT ' : '';
  if (!('body' in node.list)) {
    const [first, ...rest] = unify([
      operand,
      ...node.list.map((each) => compilation.expression(each, scope)),
    ]);
    return `(${keyOf(first as Typed)} ${not}IN (${rest.map(keyOf).join(', ')}))`;
  }
  const column = compileColumnQuery(node.list, scope, compilation);
  const [left, right] = unify([operand, column.item]) as [Typed, Typed];
  return `(${keyOf(left)} ${not}IN (${column.render(keyOf(right))}))`;
}

function compileLike(
  node: Extract<Condition, { kind: 'like' }>,
  scope: SourceScope,
  compilation: Compilation,
): string {
  const sides = [node.operand, node.pattern].map((each) => {
    const typed = compilation.expression(each, scope);
    return isText(typed.type) ? typed : castTo(typed, { name: 'nvarchar', length: 4_000 });
  }) as [Typed, Typed];
  const [operand, pattern] = sides;
  const isExact = collationOf({ ...operand, ...collationPart(sides) }).key === 't_trim';
  // Azure: blanks at the end of a text count in nvarchar only.
  // https://learn.microsoft.com/sql/t-sql/language-elements/like-transact-sql, "Pattern matching by using LIKE"
  const isNarrow = sides.every(({ type }) => !type.name.startsWith('n'));
  const escapeSql = node.escape ? compilation.expression(node.escape, scope).sql : 'NULL';
  const like = `t_like(${operand.sql}, ${pattern.sql}, ${escapeSql}, ${(isExact ? 1 : 0) + (isNarrow ? 2 : 0)})`;
  return node.negated ? `(NOT ${like})` : like;
}

function collationPart(values: readonly Typed[]) {
  const collation = commonCollation(values);
  return collation ? { collation } : {};
}

/** ALL and ANY, with their unknowns. */
function compileQuantified(
  node: Extract<Condition, { kind: 'quantified' }>,
  scope: SourceScope,
  compilation: Compilation,
): string {
  const left = compilation.expression(node.left, scope);
  const column = compileColumnQuery(node.query, scope, compilation);
  const alias = compilation.nextAlias('q');
  const compared = compareSql(node.operator, left, { ...column.item, sql: `${alias}.v` });
  const rows = `SELECT ${compared} AS held FROM (${column.render(`${column.item.sql} AS v`)}) AS ${alias}`;
  const [decisive, otherwise] =
    node.quantifier === 'all' ? ['min(held) = 0', 1] : ['max(held) = 1', 0];
  const decided = 1 - otherwise;
  return `(SELECT CASE WHEN ${decisive} THEN ${decided} WHEN count(held) < count(*) THEN NULL ELSE ${otherwise} END FROM (${rows}))`;
}
