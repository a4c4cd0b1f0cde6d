// Types as T-SQL writes them, and back: how a conversion is named in SQLite's text.
import type { SqlType } from '../../tds/sql-type.ts';

/** `nvarchar(10)`, `varchar(max)`, `decimal(18,2)`, `datetime2(7)`. */
export function typeText(type: SqlType): string {
  switch (type.name) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary':
      return `${type.name}(${type.length})`;
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return `${type.name}(${type.scale})`;
    default:
      return type.name;
  }
}

/** The inverse of `typeText`. Throws Error for other text. */
export function typeOfText(text: string): SqlType {
  const [, name = '', first, second] = /^(\w+)(?:\((\w+)(?:,(\d+))?\))?$/.exec(text) ?? [];
  switch (name) {
    case 'decimal':
      return { name, precision: Number(first), scale: Number(second) };
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary':
      return { name, length: first === 'max' ? 'max' : Number(first) };
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return { name, scale: Number(first) };
    case 'bit':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'real':
    case 'float':
    case 'money':
    case 'smallmoney':
    case 'date':
    case 'smalldatetime':
    case 'datetime':
    case 'uniqueidentifier':
      return { name };
    default:
      throw new Error(`'${text}' is no type`);
  }
}
