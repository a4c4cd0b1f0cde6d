// Rows that keep a unique index from being made.
import type { SqlError } from '../../tds/sql-error.ts';
import type { SqlValue } from '../../tds/sql-type.ts';
import type { IndexColumn } from '../tsql/ast/definition.ts';
import type { StoredTable } from './catalogue-state.ts';
import type { DefinitionContext } from './define/definition-context.ts';
import { duplicateKeyFound } from './definition-errors.ts';
import { quoteIdentifier } from './names.ts';
import { column } from './table-sql.ts';

/** Error 1505 if two rows have the same key; NULL is equal to NULL. */
export function duplicateOf(
  table: StoredTable,
  index: {
    readonly name: string;
    readonly columns: readonly IndexColumn[];
    readonly whereSql?: string;
  },
  { database, rules }: Pick<DefinitionContext, 'database' | 'rules'>,
): SqlError | undefined {
  const columns = index.columns.map(({ name }) => column(table, name));
  const quoted = columns.map(({ name }) => quoteIdentifier(name));
  const keys = columns.map(({ name, type, collation }) =>
    rules.indexKey(quoteIdentifier(name), type, collation),
  );
  const where = index.whereSql === undefined ? '' : ` WHERE ${index.whereSql}`;
  const query = database.prepare(
    `SELECT ${quoted.join(', ')} FROM ${quoteIdentifier(table.storageName)}${where} ` +
      `GROUP BY ${keys.join(', ')} HAVING count(*) > 1 LIMIT 1`,
  );
  query.setReturnArrays(true);
  query.setReadBigInts(true);
  const row = query.get();
  if (row === undefined) return undefined;
  const values = Object.values(row);
  return duplicateKeyFound(`${table.schema}.${table.name}`, index.name, keyText(values));
}

/** `(1, abc, <NULL>)` */
export function keyText(values: readonly SqlValue[]): string {
  const texts = values.map((value) => {
    if (value === null) return '<NULL>';
    return value instanceof Uint8Array ? `0x${Buffer.from(value).toString('hex')}` : String(value);
  });
  return `(${texts.join(', ')})`;
}
