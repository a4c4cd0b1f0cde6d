import { SqlError } from '../../tds/sql-error.ts';
import type { Table, TableColumn } from '../catalogue/catalogue.ts';
import { quoteIdentifier, sameName } from '../catalogue/names.ts';
import type { Assignment, Delete, Update } from '../tsql/ast/data-statement.ts';
import type { ObjectName, Position } from '../tsql/ast/position.ts';
import type { TableSource } from '../tsql/ast/query.ts';
import { unsupportedOption } from '../tsql/syntax-error.ts';
import { aggregates } from './aggregate-names.ts';
import { operate } from './arithmetic.ts';
import type { Compilation } from './compilation.ts';
import type { CompiledStatement } from './compiled.ts';
import { columnName } from './compiled-query.ts';
import { compileFrom } from './from.ts';
import { countSql } from './row-count.ts';
import { columnOf, type Source, SourceScope } from './sources.ts';
import { columnNamed, defaultSql, storeTo } from './store.ts';
import { compileOutput, findTarget, rowIdOf, sourceOf, storageOf } from './write-target.ts';

type Compiled = Omit<CompiledStatement, 'parameters'>;

/** Throws SqlError. */
// Pretend: SQLite checks uniqueness row by row, SQL Server at the end: `SET Id = Id + 1` over neighbours is 2627 here.
export function compileUpdate(node: Update & Position, compilation: Compilation): Compiled {
  refuseWith(node);
  const place = findPlace(node, compilation);
  const { table, source, scope } = place;
  const assignments = assignmentsOf(node.assignments, table, source, scope, compilation);
  const where = whereOf(node, scope, compilation);
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
    const set = assignments
      .map(({ column }, index) => `${quoteIdentifier(column.name)} = r.${columnName(index)}`)
      .join(', ');
    sql = `UPDATE ${storage} AS t SET ${set} FROM (${rows}) AS r WHERE t.${rowIdOf(table)} = r.row`;
  }
  return finish('update', sql, table, output);
}

export function compileDelete(node: Delete & Position, compilation: Compilation): Compiled {
  refuseWith(node);
  const place = findPlace(node, compilation);
  const { table, source, scope } = place;
  const where = whereOf(node, scope, compilation);
  const output = compileOutput(node.output, table, 'deleted', compilation);
  const storage = storageOf(table);
  const isPlain = place.from === undefined && node.top === undefined;
  const sql = isPlain
    ? `DELETE FROM ${storage} AS ${source.alias}${where === undefined ? '' : ` WHERE ${where}`}`
    : `DELETE FROM ${storage} AS t WHERE t.${rowIdOf(table)} IN (SELECT row FROM (${rowsSql(place, where, topSql(node.top, compilation), [])}))`;
  return finish('delete', sql, table, output);
}

function finish(
  kind: 'update' | 'delete',
  sql: string,
  { schema, name }: Table,
  output: ReturnType<typeof compileOutput>,
): Compiled {
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

function refuseWith(node: (Update | Delete) & Position): void {
  if (node.with.length > 0) throw unsupportedOption('WITH before UPDATE or DELETE', node.line);
}

interface Place {
  readonly table: Table;
  readonly source: Source;
  readonly scope: SourceScope;
  /** ` FROM …`, where the statement has its own. */
  readonly from?: string;
}

/** The target by its name, or by its alias in FROM. Throws SqlError 208. */
function findPlace(node: Update | Delete, compilation: Compilation): Place {
  const scope = new SourceScope();
  if (node.from.length === 0) {
    const table = findTarget(node.target, compilation);
    const source = sourceOf(table, compilation.nextAlias());
    scope.sources.push(source);
    return { table, source, scope };
  }
  const named = findNamed(node.from, node.target);
  const table = findTarget(named?.name ?? node.target, compilation);
  const from = compileFrom(node.from, scope, compilation);
  const exposedName = named ? (named.alias ?? named.name.name) : table.name;
  const known = scope.sources.find((each) => sameName(each.exposedName, exposedName));
  if (known && named) return { table, source: known, scope, from };
  // A target beside FROM is another row source.
  const source = sourceOf(table, compilation.nextAlias());
  scope.sources.push(source);
  return { table, source, scope, from: `${from}, ${storageOf(table)} AS ${source.alias}` };
}

type Named = Extract<TableSource, { kind: 'table' }>;

function findNamed(sources: readonly TableSource[], target: ObjectName): Named | undefined {
  for (const source of sources) {
    if (source.kind === 'join') {
      const found = findNamed([source.left, source.right], target);
      if (found) return found;
    } else if (source.kind === 'table' && isTarget(source, target)) return source;
  }
  return undefined;
}

function isTarget({ alias, name }: Named, target: ObjectName): boolean {
  if (target.schema === undefined && alias !== undefined) return sameName(alias, target.name);
  const sameSchema =
    target.schema === undefined ||
    name.schema === undefined ||
    sameName(name.schema, target.schema);
  return sameName(name.name, target.name) && sameSchema;
}

/** Row numbers and new values of the rows that are meant; of a row that is met twice, any. */
function rowsSql(
  { source, from, table }: Place,
  where: string | undefined,
  top: string,
  values: readonly string[],
): string {
  const list = [
    `${source.alias}.${rowIdOf(table)} AS row`,
    ...values.map((value, index) => `${value} AS ${columnName(index)}`),
  ];
  const sources = from ?? ` FROM ${storageOf(table)} AS ${source.alias}`;
  return `SELECT ${list.join(', ')}${sources}${where === undefined ? '' : ` WHERE ${where}`}${from === undefined ? '' : ' GROUP BY 1'}${top}`;
}

function topSql(top: Update['top'], compilation: Compilation): string {
  if (!top) return '';
  return ` LIMIT ${countSql('TOP', compilation.expression(top, new SourceScope()))}`;
}

function assignmentsOf(
  nodes: readonly Assignment[],
  table: Table,
  source: Source,
  scope: SourceScope,
  compilation: Compilation,
): readonly { readonly column: TableColumn; readonly value: string }[] {
  const seen = new Set<TableColumn>();
  return nodes.map((node) => {
    const column = columnNamed(table, node.column, node.line);
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
    const old = source.columns.find(({ name }) => name === column.name);
    const result =
      node.operator && old ? operate(node.operator, columnOf(source, old), value) : value;
    return { column, value: storeTo(result, column, table, compilation.scope.catalogue) };
  });
}
