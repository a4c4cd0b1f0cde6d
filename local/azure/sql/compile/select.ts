// One SELECT: sources, conditions, groups, items.
import { SqlError } from '../../tds/sql-error.ts';
import { sameName } from '../catalogue/names.ts';
import type { Expression } from '../tsql/ast/expression.ts';
import type { Select, SelectItem } from '../tsql/ast/query.ts';
import { unsupportedOption } from '../tsql/syntax-error.ts';
import { aggregates } from './aggregate-names.ts';
import { at, notBound } from './bind-error.ts';
import { keyOf } from './compare.ts';
import type { Compilation } from './compilation.ts';
import { compileFrom } from './from.ts';
import { columnOf, SourceScope } from './sources.ts';
import type { NamedItem, Typed } from './typed.ts';

export interface CompiledSelect {
  readonly items: readonly NamedItem[];
  readonly scope: SourceScope;
  render(items: readonly string[]): string;
  /** An expression of ORDER BY that is no item. */
  compileOrder(node: Expression): Typed;
}

/** Throws SqlError. */
export function compileSelect(
  node: Select,
  parent: SourceScope | undefined,
  compilation: Compilation,
): CompiledSelect {
  const scope = new SourceScope(parent);
  const from = compileFrom(node.from, scope, compilation);
  scope.clause = 'WHERE';
  const where = node.where ? ` WHERE ${compilation.condition(node.where, scope)}` : '';
  scope.clause = 'GROUP BY';
  const groups = node.groupBy.map((each) => compileGroup(each, scope, compilation));
  scope.clause = undefined;
  const isGrouped = groups.length > 0 || node.having !== undefined || aggregates(node.items);
  const keys = new Set(groups.map(({ sql }) => sql));
  const inGroups = <T>(place: string, compile: () => T): T => {
    scope.grouping = isGrouped ? { keys, place } : undefined;
    try {
      return compile();
    } finally {
      scope.grouping = undefined;
    }
  };
  const items = inGroups('select list', () =>
    node.items.flatMap((item) => compileItem(item, scope, compilation)),
  );
  // All rows are one group, which SQLite sees only by an aggregate among the items.
  if (node.having && groups.length === 0 && !aggregates(node.items))
    throw unsupportedOption('HAVING without GROUP BY and aggregate', node.line);
  const having = node.having
    ? ` HAVING ${inGroups('HAVING clause', () => compilation.condition(node.having as NonNullable<Select['having']>, scope))}`
    : '';
  const groupBy = groups.length > 0 ? ` GROUP BY ${groups.map(keyOf).join(', ')}` : '';
  const tail = `${from}${where}${groupBy}${having}`;
  return {
    items,
    scope,
    render: (shown) => `SELECT ${shown.join(', ')}${tail}`,
    compileOrder: (each) => inGroups('ORDER BY clause', () => compilation.expression(each, scope)),
  };
}

/** Throws SqlError 144, 164. */
function compileGroup(node: Expression, scope: SourceScope, compilation: Compilation): Typed {
  const typed = compilation.expression(node, scope);
  if (typed.literal === undefined) return typed;
  throw at(
    new SqlError(
      164,
      'Each GROUP BY expression must contain at least one column that is not an outer reference.',
      15,
    ),
    node,
  );
}

/** Throws SqlError. */
export function compileItem(
  item: SelectItem,
  scope: SourceScope,
  compilation: Compilation,
): readonly NamedItem[] {
  if (item.kind === 'all') return allColumns(item, scope);
  const typed = compilation.expression(item.expression, scope);
  const alias = item.kind === 'item' ? item.alias : undefined;
  return [{ ...typed, name: alias ?? typed.column?.name ?? '' }];
}

function allColumns(
  item: Extract<SelectItem, { kind: 'all' }>,
  scope: SourceScope,
): readonly NamedItem[] {
  const { table } = item;
  const sources = scope.sources.filter(
    ({ exposedName }) => table === undefined || sameName(exposedName, table),
  );
  if (sources.length === 0) {
    if (table !== undefined) throw notBound(`${table}.*`, item);
    throw at(new SqlError(263, 'Must specify table to select from.'), item);
  }
  return sources.flatMap((source) =>
    source.columns.map((column) => {
      scope.column(column.name, source.exposedName, undefined, item);
      return { ...columnOf(source, column), name: column.name };
    }),
  );
}
