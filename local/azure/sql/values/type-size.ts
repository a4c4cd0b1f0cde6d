import type { SqlType } from '../../tds/sql-type.ts';
import { timeLength } from '../../tds/types/calendar.ts';
import { decimalLength } from '../../tds/types/decimal.ts';
import { fixedLengths } from '../../tds/types/fixed-lengths.ts';

const fixed: Readonly<Partial<Record<SqlType['name'], number>>> = { ...fixedLengths, date: 3 };

/** Bytes beside those of the time. */
const beside = { time: 0, datetime2: 3, datetimeoffset: 5 } as const;

/** Bytes that a value of the type takes at the most; -1: max. */
export function byteLength(type: SqlType): number {
  switch (type.name) {
    case 'decimal':
      return decimalLength(type.precision);
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return timeLength(type.scale) + beside[type.name];
    case 'nchar':
    case 'nvarchar':
      return type.length === 'max' ? -1 : type.length * 2;
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
      return type.length === 'max' ? -1 : type.length;
    default:
      return fixed[type.name] ?? 0;
  }
}
