import type { Table } from '../catalogue/catalogue.ts';
import { quoteIdentifier, sameName } from '../catalogue/names.ts';
import type { Merge } from '../tsql/ast/data-statement.ts';
import type { Position } from '../tsql/ast/position.ts';
import { duplicateAlias } from './bind-error.ts';
import { changeList, compileListedOutput, setSql } from './change-list.ts';
import type { Compilation } from './compilation.ts';
import type { UnboundStatement } from './compiled.ts';
import { columnName } from './compiled-query.ts';
import { compileFrom } from './from.ts';
import { columnsFor, identitySql, requireCount } from './insert.ts';
import { requireOrder } from './merge-clauses.ts';
import { type Source, SourceScope } from './sources.ts';
import { defaultSql, storeTo } from './store.ts';
import { withSql } from './table-expressions.ts';
import { assignmentsOf } from './update-delete.ts';
import { findTarget, rowIdOf, sourceOf, storageOf } from './write-target.ts';

type Clause = Merge['clauses'][number];

/** What a row of the list gets: the columns to write, and their values. */
interface Action {
  readonly when: Clause['when'];
  readonly kind: Clause['action']['kind'];
  readonly and: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
  /** The IDENTITY column that is to be filled, and the value's SQL: given out when the row is written. */
  readonly identity?: { readonly name: string; readonly sql: string };
}

/**
 * Every row finds its clause before the first one changes. Throws SqlError
 * [https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql].
 */
export function compileMerge(node: Merge & Position, compilation: Compilation): UnboundStatement {
  requireOrder(node.clauses);
  const table = findTarget(node.target, compilation);
  const head = withSql(node.with, compilation);
  const sources = new SourceScope();
  const from = compileFrom([node.source], sources, compilation);
  const target = targetOf(node, table, sources.sources, compilation);
  const row = `${target.alias}.${rowIdOf(table)}`;
  const on = compilation.condition(node.on, scopeOf([...sources.sources, target], 'ON'));
  const actions = node.clauses.map((clause) =>
    compileAction(clause, node, { table, target, sources: sources.sources }, compilation),
  );
  const width = Math.max(...actions.map(({ values }) => values.length));
  const names = actions.map(({ kind }) => kind.toUpperCase());
  const output =
    node.output &&
    compileListedOutput(
      node.output,
      { table, target, others: sources.sources, first: width, actions: names },
      compilation,
    );
  const kept = output?.kept ?? [];
  const list = changeList(width + kept.length);
  const rows = rowsSql(actions, width, { from, on, row, kept, target, storage: storageOf(table) });
  const steps = [
    `${head}INSERT INTO ${list.name}${list.columns} SELECT * FROM (${rows.join(' UNION ALL ')}) WHERE action IS NOT NULL`,
    ...changesSql(actions, list.name, storageOf(table), rowIdOf(table)),
  ];
  return {
    kind: 'merge',
    sql: output ? output.sql(list) : (steps.pop() ?? ''),
    listed: { create: list.create, list: list.name, steps },
    writes: true,
    target: { schema: table.schema, name: table.name },
    ...(output && { columns: output.columns }),
  };
}

/** The list: each row of the join by the clauses for rows of both, then those that the source lacks. */
function rowsSql(
  actions: readonly Action[],
  width: number,
  join: {
    readonly from: string;
    readonly on: string;
    readonly row: string;
    readonly kept: readonly string[];
    readonly target: Source;
    readonly storage: string;
  },
): readonly string[] {
  const { from, on, row, kept, target, storage } = join;
  const choose = (when: Clause['when'], pick: (action: Action, number: number) => string) => {
    const found = actions.flatMap((each, number) =>
      each.when === when ? [` WHEN ${each.and} THEN ${pick(each, number)}`] : [],
    );
    return found.length === 0 ? 'NULL' : `CASE${found.join('')} END`;
  };
  const picks = [
    (_action: Action, number: number) => String(number),
    ...Array.from(
      { length: width },
      (_, index) =>
        ({ values }: Action) =>
          values[index] ?? 'NULL',
    ),
  ];
  const rows: string[] = [];
  const has = (when: Clause['when']) => actions.some((each) => each.when === when);
  if (has('matched') || has('notMatchedByTarget')) {
    const [action = '', ...values] = picks.map(
      (pick) =>
        `CASE WHEN ${row} IS NOT NULL THEN ${choose('matched', pick)} ELSE ${choose('notMatchedByTarget', pick)} END`,
    );
    const joined = has('notMatchedByTarget') ? 'LEFT JOIN' : 'JOIN';
    rows.push(
      `SELECT ${[`${action} AS action`, row, ...values, ...kept].join(', ')}${from} ${joined} ${storage} AS ${target.alias} ON ${on}`,
    );
  }
  if (has('notMatchedBySource')) {
    const [action = '', ...values] = picks.map((pick) => choose('notMatchedBySource', pick));
    const own = kept.map((sql) => (sql.startsWith(`${target.alias}.`) ? sql : 'NULL'));
    rows.push(
      `SELECT ${[`${action} AS action`, row, ...values, ...own].join(', ')} FROM ${storage} AS ${target.alias} WHERE NOT EXISTS (SELECT 1${from} WHERE ${on})`,
    );
  }
  return rows;
}

function targetOf(
  node: Merge & Position,
  table: Table,
  sources: readonly Source[],
  compilation: Compilation,
) {
  const { schema, ...source } = sourceOf(table, compilation.nextAlias(), node.alias);
  const target: Source = node.alias === undefined && schema ? { ...source, schema } : source;
  if (sources.some(({ exposedName }) => sameName(exposedName, target.exposedName))) {
    throw duplicateAlias(target.exposedName, node);
  }
  return target;
}

function scopeOf(sources: readonly Source[], clause?: 'ON' | 'WHERE'): SourceScope {
  const scope = new SourceScope();
  scope.sources.push(...sources);
  scope.clause = clause;
  return scope;
}

function compileAction(
  { when, and, action }: Clause,
  node: Merge & Position,
  place: { readonly table: Table; readonly target: Source; readonly sources: readonly Source[] },
  compilation: Compilation,
): Action {
  const { table, target, sources } = place;
  const seen = {
    matched: [...sources, target],
    notMatchedByTarget: sources,
    notMatchedBySource: [target],
  }[when];
  const condition = and ? compilation.condition(and, scopeOf(seen, 'WHERE')) : '1';
  const scope = scopeOf(seen);
  const common = { when, kind: action.kind, and: condition };
  if (action.kind === 'delete') return { ...common, columns: [], values: [] };
  if (action.kind === 'update') {
    const set = assignmentsOf(action.assignments, table, target, scope, compilation);
    return {
      ...common,
      columns: set.map(({ column }) => column.name),
      values: set.map(({ value }) => value),
    };
  }
  const { catalogue } = compilation.scope;
  const into = {
    line: node.line,
    source: { kind: 'values' as const },
    ...(action.columns && { columns: action.columns }),
  };
  const columns = columnsFor(into, table, compilation);
  requireCount(action.values.length, columns.length, into, table);
  const values = columns.map((column, index) => {
    const value = action.values[index] ?? 'default';
    return value === 'default'
      ? defaultSql(column)
      : storeTo(compilation.expression(value, scope), column, table, catalogue);
  });
  const names = columns.map(({ name }) => name);
  const identity = table.columns.find((column) => column.identity && !columns.includes(column));
  return {
    ...common,
    columns: names,
    values,
    ...(identity && { identity: { name: identity.name, sql: identitySql(table) } }),
  };
}

/** New rows get their number before, by which OUTPUT finds them. */
// Pretend: constraints are checked after its deletes, its updates and its inserts, SQL Server checks all at the end.
function changesSql(
  actions: readonly Action[],
  list: string,
  storage: string,
  rowId: string,
): string[] {
  const steps = [
    `SELECT t_changed_once(max(times)) FROM (SELECT count(*) AS times FROM ${list} WHERE row IS NOT NULL GROUP BY row)`,
    `UPDATE ${list} SET row = n + (SELECT ifnull(max(${rowId}), 0) FROM ${storage}) WHERE row IS NULL`,
  ];
  const order = ['delete', 'update', 'insert'] as const;
  for (const kind of order) {
    actions.forEach((action, number) => {
      if (action.kind === kind) steps.push(changeSql(action, number, list, storage, rowId));
    });
  }
  return steps;
}

function changeSql(
  { kind, columns, identity }: Action,
  number: number,
  list: string,
  storage: string,
  rowId: string,
): string {
  const names = columns.map(quoteIdentifier);
  if (kind === 'delete') {
    return `DELETE FROM ${storage} WHERE ${rowId} IN (SELECT row FROM ${list} WHERE action = ${number})`;
  }
  if (kind === 'update') {
    return `UPDATE ${storage} AS t SET ${setSql(columns)} FROM ${list} AS r WHERE t.${rowId} = r.row AND r.action = ${number}`;
  }
  const into = [rowId, ...names, ...(identity ? [quoteIdentifier(identity.name)] : [])];
  const values = ['row', ...names.map((_, index) => columnName(index))];
  if (identity) values.push(identity.sql);
  return `INSERT INTO ${storage} (${into.join(', ')}) SELECT ${values.join(', ')} FROM ${list} WHERE action = ${number} ORDER BY n`;
}
