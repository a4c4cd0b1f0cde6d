import { SqlError } from '../../tds/sql-error.ts';
import type { Table, TableColumn } from '../catalogue/catalogue.ts';
import { quoteIdentifier, sameName } from '../catalogue/names.ts';
import type { Insert } from '../tsql/ast/data-statement.ts';
import type { Position } from '../tsql/ast/position.ts';
import type { Compilation } from './compilation.ts';
import type { UnboundStatement } from './compiled.ts';
import { columnName, renderNamed } from './compiled-query.ts';
import { textSql } from './literals.ts';
import { SourceScope } from './sources.ts';
import { columnNamed, defaultSql, storeTo } from './store.ts';
import type { Typed } from './typed.ts';
import { compileOutput, findTarget, storageOf } from './write-target.ts';

/** Throws SqlError. */
export function compileInsert(node: Insert & Position, compilation: Compilation): UnboundStatement {
  const table = findTarget(node.table, compilation);
  const columns = columnsFor(node, table, compilation);
  const rows = sourceSql(node, columns, table, compilation);
  const output = compileOutput(node.output, table, 'inserted', compilation);
  const identity = table.columns.find((column) => column.identity && !columns.includes(column));
  const names = [...columns, ...(identity ? [identity] : [])].map(({ name }) =>
    quoteIdentifier(name),
  );
  const { schema, name } = table;
  const isEmpty = names.length === 0;
  return {
    kind: 'insert',
    sql: `INSERT INTO ${storageOf(table)} ${isEmpty ? 'DEFAULT VALUES' : `(${names.join(', ')}) ${rows(identity && identitySql(table))}`}${output.sql}`,
    writes: true,
    target: { schema, name },
    ...(output.columns && { columns: output.columns }),
  };
}

export const identitySql = ({ schema, name }: Table) =>
  `t_identity(${textSql(schema)}, ${textSql(name)})`;

/** Throws SqlError 207, 264, 544, 545. */
export function columnsFor(
  node: Into,
  table: Table,
  compilation: Compilation,
): readonly TableColumn[] {
  if (node.source.kind === 'defaultValues') return [];
  const { identityInsert } = compilation.scope;
  const isOn =
    identityInsert !== undefined &&
    sameName(identityInsert.name, table.name) &&
    sameName(identityInsert.schema, table.schema);
  if (!node.columns) return table.columns.filter((column) => !column.identity);
  const columns = node.columns.map((name) => columnNamed(table, name, node.line));
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice) {
    throw new SqlError(
      264,
      `The column name '${twice.name}' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.`,
    );
  }
  const hasIdentity = columns.some(({ identity }) => identity);
  if (hasIdentity && !isOn) {
    throw new SqlError(
      544,
      `Cannot insert explicit value for identity column in table '${table.name}' when IDENTITY_INSERT is set to OFF.`,
    );
  }
  if (isOn && !hasIdentity && table.columns.some(({ identity }) => identity)) {
    throw new SqlError(
      545,
      `Explicit value must be specified for identity column in table '${table.name}' either when IDENTITY_INSERT is set to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column.`,
    );
  }
  return columns;
}

/** What INSERT says of the columns, and that of MERGE. */
interface Into extends Pick<Insert, 'columns'>, Pick<Position, 'line'> {
  readonly source: { readonly kind: Insert['source']['kind'] };
}

type Rows = (identity: string | undefined) => string;

function sourceSql(
  node: Insert & Position,
  columns: readonly TableColumn[],
  table: Table,
  compilation: Compilation,
): Rows {
  const { source } = node;
  const { catalogue } = compilation.scope;
  const store = (value: Typed, index: number) =>
    storeTo(value, columns[index] as TableColumn, table, catalogue);
  if (source.kind === 'defaultValues') {
    return (identity) => (identity ? `VALUES (${identity})` : '');
  }
  if (source.kind === 'values') {
    const scope = new SourceScope();
    const rows = source.rows.map((row) => {
      requireCount(row.length, columns.length, node, table);
      return row.map((each, index) =>
        each === 'default'
          ? defaultSql(columns[index] as TableColumn)
          : store(compilation.expression(each, scope), index),
      );
    });
    return (identity) =>
      `VALUES ${rows.map((row) => `(${[...row, ...(identity ? [identity] : [])].join(', ')})`).join(', ')}`;
  }
  const query = compilation.query(
    { ...source.query, with: [...node.with, ...source.query.with] },
    undefined,
  );
  requireCount(query.items.length, columns.length, node, table);
  const alias = compilation.nextAlias('i');
  const stored = query.items.map((item, index) => {
    const { literal: _literal, ...rest } = item;
    return store({ ...rest, sql: `${alias}.${columnName(index)}` }, index);
  });
  return (identity) =>
    `SELECT ${[...stored, ...(identity ? [identity] : [])].join(', ')} FROM (${renderNamed(query)}) AS ${alias} WHERE true`;
}

/** Throws SqlError 109, 110, 120, 121, 213, 8101. */
export function requireCount(given: number, wanted: number, node: Into, table: Table): void {
  if (given === wanted) return;
  if (!node.columns && given === table.columns.length) {
    throw new SqlError(
      8101,
      `An explicit value for the identity column in table '${table.name}' can only be specified when a column list is used and IDENTITY_INSERT is ON.`,
    );
  }
  if (!node.columns) {
    throw new SqlError(
      213,
      'Column name or number of supplied values does not match table definition.',
    );
  }
  const isQuery = node.source.kind === 'query';
  const [few, many] = isQuery ? [120, 121] : [109, 110];
  const [clause, place] = isQuery
    ? ['select list for the INSERT statement', 'items']
    : ['INSERT statement', 'values'];
  throw new SqlError(
    given < wanted ? few : many,
    isQuery
      ? `The ${clause} contains ${given < wanted ? 'fewer' : 'more'} ${place} than the insert list. The number of SELECT values must match the number of INSERT columns.`
      : `There are ${given < wanted ? 'more' : 'fewer'} columns in the ${clause} than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.`,
    15,
  );
}
