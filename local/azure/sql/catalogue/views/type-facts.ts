// Numbers of the system's types [sys.types].
import type { SqlType } from '../../../tds/sql-type.ts';
import { byteLength } from '../../values/type-size.ts';

/** `system_type_id`, which is `user_type_id` as well. */
export const typeIds: Readonly<Record<SqlType['name'], number>> = {
  uniqueidentifier: 36,
  date: 40,
  time: 41,
  datetime2: 42,
  datetimeoffset: 43,
  tinyint: 48,
  smallint: 52,
  int: 56,
  smalldatetime: 58,
  real: 59,
  money: 60,
  datetime: 61,
  float: 62,
  bit: 104,
  decimal: 106,
  smallmoney: 122,
  bigint: 127,
  varbinary: 165,
  varchar: 167,
  binary: 173,
  char: 175,
  nvarchar: 231,
  nchar: 239,
};

export interface TypeFacts {
  /** In bytes; -1: max. */
  readonly maxLength: number;
  readonly precision: number;
  readonly scale: number;
}

/** Precision and scale. */
const fixed: Readonly<Partial<Record<SqlType['name'], readonly [number, number]>>> = {
  bit: [1, 0],
  tinyint: [3, 0],
  smallint: [5, 0],
  int: [10, 0],
  bigint: [19, 0],
  real: [24, 0],
  float: [53, 0],
  money: [19, 4],
  smallmoney: [10, 4],
  date: [10, 0],
  smalldatetime: [16, 0],
  datetime: [23, 3],
};

/** Precision of a type with fractions of seconds, at scale 0. */
const scaled = { time: 8, datetime2: 19, datetimeoffset: 26 } as const;

export function typeFacts(type: SqlType): TypeFacts {
  const maxLength = byteLength(type);
  switch (type.name) {
    case 'decimal':
      return { maxLength, precision: type.precision, scale: type.scale };
    case 'time':
    case 'datetime2':
    case 'datetimeoffset': {
      const fraction = type.scale === 0 ? 0 : type.scale + 1;
      return { maxLength, precision: scaled[type.name] + fraction, scale: type.scale };
    }
    default: {
      const [precision, scale] = fixed[type.name] ?? [0, 0];
      return { maxLength, precision, scale };
    }
  }
}

export function isCharacterType({ name }: SqlType): boolean {
  return name === 'char' || name === 'varchar' || name === 'nchar' || name === 'nvarchar';
}
