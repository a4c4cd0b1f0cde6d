// Between `SqlValue` and what SQLite stores: the same, but for whole numbers.
import type { SqlType, SqlValue } from '../../tds/sql-type.ts';

/** For binding. */
export function toStored(value: SqlValue): SqlValue {
  return value;
}

/** `value`: as SQLite gives it, with or without bigints. */
export function fromStored(value: unknown, { name }: SqlType): SqlValue {
  if (value === null || value === undefined) return null;
  switch (name) {
    case 'bigint':
      return BigInt(value as bigint | number);
    case 'bit':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'real':
    case 'float':
      return Number(value);
    default:
      return value as SqlValue;
  }
}
