import { SqlError } from '../../tds/sql-error.ts';
import type { Table, TableColumn } from '../catalogue/catalogue.ts';
import { quoteIdentifier, sameName } from '../catalogue/names.ts';
import type { Assignment, Delete, OutputClause, Update } from '../tsql/ast/data-statement.ts';
import type { Position } from '../tsql/ast/position.ts';
import { aggregates } from './aggregate-names.ts';
import { operate } from './arithmetic.ts';
import { changeList, compileListedOutput, setSql } from './change-list.ts';
import { findPlace, type Place } from './change-place.ts';
import type { Compilation } from './compilation.ts';
import type { UnboundStatement } from './compiled.ts';
import { columnName } from './compiled-query.ts';
import { countSql } from './row-count.ts';
import { columnOf, type Source, SourceScope } from './sources.ts';
import { columnNamed, defaultSql, storeTo } from './store.ts';
import { withSql } from './table-expressions.ts';
import { compileOutput, mentionsOthers, rowIdOf, storageOf } from './write-target.ts';

/** Throws SqlError. */
// Pretend: SQLite checks uniqueness row by row, SQL Server at the end: `SET Id = Id + 1` over neighbours is 2627 here.
export function compileUpdate(node: Update & Position, compilation: Compilation): UnboundStatement {
  const head = withSql(node.with, compilation);
  const place = findPlace(node, compilation);
  const { table, source, scope } = place;
  const assignments = assignmentsOf(
    node.assignments,
    table,
    source,
    scope,
    compilation,
    place.base,
  );
  const where = whereOf(node, scope, compilation);
  if (node.output && (place.row || mentionsOthers(node.output, 'inserted'))) {
    const values = assignments.map(({ value }) => value);
    const set = setSql(assignments.map(({ column }) => column.name));
    return listed(
      node,
      { place, where, values, head, output: node.output },
      compilation,
      (list) =>
        `UPDATE ${storageOf(table)} AS t SET ${set} FROM ${list} AS r WHERE t.${rowIdOf(table)} = r.row`,
    );
  }
  const output = compileOutput(node.output, table, 'inserted', compilation);
  const storage = storageOf(table);
  const isPlain = place.from === undefined && node.top === undefined;
  let sql: string;
  if (isPlain) {
    const set = assignments
      .map(({ column, value }) => `${quoteIdentifier(column.name)} = ${value}`)
      .join(', ');
    sql = `UPDATE ${storage} AS ${source.alias} SET ${set}${where === undefined ? '' : ` WHERE ${where}`}`;
  } else {
    const rows = rowsSql(
      place,
      where,
      topSql(node.top, compilation),
      assignments.map(({ value }) => value),
    );
    const set = setSql(assignments.map(({ column }) => column.name));
    sql = `UPDATE ${storage} AS t SET ${set} FROM (${rows}) AS r WHERE t.${rowIdOf(table)} = r.row`;
  }
  return finish('update', `${head}${sql}`, table, output);
}

export function compileDelete(node: Delete & Position, compilation: Compilation): UnboundStatement {
  const head = withSql(node.with, compilation);
  const place = findPlace(node, compilation);
  const { table, source, scope } = place;
  const where = whereOf(node, scope, compilation);
  if (node.output && (place.row || mentionsOthers(node.output, 'deleted'))) {
    return listed(
      node,
      { place, where, values: [], head, output: node.output },
      compilation,
      (list) =>
        `DELETE FROM ${storageOf(table)} WHERE ${rowIdOf(table)} IN (SELECT row FROM ${list})`,
    );
  }
  const output = compileOutput(node.output, table, 'deleted', compilation);
  const storage = storageOf(table);
  const isPlain = place.from === undefined && node.top === undefined;
  const sql = isPlain
    ? `DELETE FROM ${storage} AS ${source.alias}${where === undefined ? '' : ` WHERE ${where}`}`
    : `DELETE FROM ${storage} AS t WHERE t.${rowIdOf(table)} IN (SELECT row FROM (${rowsSql(place, where, topSql(node.top, compilation), [])}))`;
  return finish('delete', `${head}${sql}`, table, output);
}

/** OUTPUT of what RETURNING does not know: old values of an UPDATE, columns of other sources. */
function listed(
  node: Update | Delete,
  parts: {
    readonly place: Place;
    readonly where: string | undefined;
    readonly values: readonly string[];
    readonly head: string;
    readonly output: OutputClause;
  },
  compilation: Compilation,
  changeSql: (list: string) => string,
): UnboundStatement {
  const { place, where, values, head } = parts;
  const { table, source, scope } = place;
  const others = scope.sources.filter((each) => each !== source);
  const output = compileListedOutput(
    parts.output,
    { table, target: source, others, first: values.length, isDelete: node.kind === 'delete' },
    compilation,
  );
  const list = changeList(values.length + output.kept.length);
  const top = topSql(node.top, compilation);
  const rows = rowsSql(place, where, top, [...values, ...output.kept]);
  const fill = `${head}INSERT INTO ${list.name}${list.columns} SELECT 0, * FROM (${rows}) WHERE true`;
  return {
    kind: node.kind,
    sql: output.sql(list),
    listed: { create: list.create, list: list.name, steps: [fill, changeSql(list.name)] },
    columns: output.columns,
    writes: true,
    target: { schema: table.schema, name: table.name },
  };
}

function finish(
  kind: 'update' | 'delete',
  sql: string,
  { schema, name }: Table,
  output: ReturnType<typeof compileOutput>,
): UnboundStatement {
  return {
    kind,
    sql: `${sql}${output.sql}`,
    writes: true,
    target: { schema, name },
    ...(output.columns && { columns: output.columns }),
  };
}

/** Throws SqlError. */
function whereOf(
  { where }: Update | Delete,
  scope: SourceScope,
  compilation: Compilation,
): string | undefined {
  scope.clause = 'WHERE';
  return where && compilation.condition(where, scope);
}

/** Row numbers and new values of the rows that are meant; of a row that is met twice, any. */
function rowsSql(
  { source, from, table, row }: Place,
  where: string | undefined,
  top: string,
  values: readonly string[],
): string {
  const list = [
    `${row ?? `${source.alias}.${rowIdOf(table)}`} AS row`,
    ...values.map((value, index) => `${value} AS ${columnName(index)}`),
  ];
  const sources = from ?? ` FROM ${storageOf(table)} AS ${source.alias}`;
  return `SELECT ${list.join(', ')}${sources}${where === undefined ? '' : ` WHERE ${where}`}${from === undefined ? '' : ' GROUP BY 1'}${top}`;
}

function topSql(top: Update['top'], compilation: Compilation): string {
  if (!top) return '';
  return ` LIMIT ${countSql('TOP', compilation.expression(top, new SourceScope()))}`;
}

export function assignmentsOf(
  nodes: readonly Assignment[],
  table: Table,
  source: Source,
  scope: SourceScope,
  compilation: Compilation,
  base: Place['base'] = ({ name }) => name,
): readonly { readonly column: TableColumn; readonly value: string }[] {
  const seen = new Set<TableColumn>();
  return nodes.map((node) => {
    const column = columnNamed(table, base({ name: node.column, line: node.line }), node.line);
    if (column.identity)
      throw new SqlError(8102, `Cannot update identity column '${column.name}'.`);
    if (seen.has(column)) {
      throw new SqlError(
        264,
        `The column name '${column.name}' is specified more than once in the SET clause. A column cannot be assigned more than one value in the same SET clause. Modify the SET clause to make sure that a column is updated only once.`,
      );
    }
    seen.add(column);
    if (node.value === 'default') return { column, value: defaultSql(column) };
    if (aggregates(node.value)) {
      throw new SqlError(
        157,
        'An aggregate may not appear in the set list of an UPDATE statement.',
        15,
      );
    }
    const value = compilation.expression(node.value, scope);
    const old = source.columns.find(({ name }) => sameName(name, node.column));
    const result =
      node.operator && old ? operate(node.operator, columnOf(source, old), value) : value;
    return { column, value: storeTo(result, column, table, compilation.scope.catalogue) };
  });
}
