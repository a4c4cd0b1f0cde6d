// Values on their way into a column.

import { SqlError } from '../../tds/sql-error.ts';
import type { Catalogue, Table, TableColumn } from '../catalogue/catalogue.ts';
import { sameName } from '../catalogue/names.ts';
import { requireConversion } from '../values/conversion-rules.ts';
import { kindOf, lengthOf } from '../values/type-rules.ts';
import { typeText } from '../values/type-text.ts';
import { castTo } from './cast.ts';
import { textSql } from './literals.ts';
import type { Typed } from './typed.ts';

/** The value as the column stores it; what is too long is error 2628 when it runs. Throws SqlError 206, 257. */
export function storeTo(
  value: Typed,
  column: TableColumn,
  table: Table,
  catalogue: Catalogue,
): string {
  if (value.isUntyped || !mayBeTooLong(value, column)) return castTo(value, column.type).sql;
  requireConversion(value.type, column.type, false);
  const place = `${catalogue.databaseName}.${table.schema}.${table.name}`;
  const route = `${typeText(value.type)}>${typeText(column.type)}`;
  return `t_store(${value.sql}, ${textSql(route)}, ${textSql(place)}, ${textSql(column.name)})`;
}

function mayBeTooLong({ type, literal }: Typed, column: TableColumn): boolean {
  const kind = kindOf(column.type);
  if (kind !== 'text' && kind !== 'binary') return false;
  const limit = lengthOf(column.type);
  if (limit === 'max' || kindOf(type) !== kind) return false;
  if (typeof literal === 'string') return literal.length > limit;
  const length = lengthOf(type);
  return length === 'max' || length > limit;
}

/** A column's default as SQLite's expression; NULL where there is none. */
export function defaultSql(column: TableColumn): string {
  const stored = column.default as { readonly sql?: string } | undefined;
  return stored?.sql ?? 'NULL';
}

/** Throws SqlError 207. */
export function columnNamed(table: Table, name: string, line: number): TableColumn {
  const column = table.columns.find((each) => sameName(each.name, name));
  if (column) return column;
  const error = new SqlError(207, `Invalid column name '${name}'.`);
  error.line = line;
  throw error;
}
