// Numbers of the system's types [sys.types].
import type { SqlType } from '../../../tds/sql-type.ts';

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

const fixed: Readonly<Partial<Record<SqlType['name'], readonly [number, number, number]>>> = {
  bit: [1, 1, 0],
  tinyint: [1, 3, 0],
  smallint: [2, 5, 0],
  int: [4, 10, 0],
  bigint: [8, 19, 0],
  real: [4, 24, 0],
  float: [8, 53, 0],
  money: [8, 19, 4],
  smallmoney: [4, 10, 4],
  date: [3, 10, 0],
  smalldatetime: [4, 16, 0],
  datetime: [8, 23, 3],
  uniqueidentifier: [16, 0, 0],
};

/** Bytes and precision of a type with fractions of seconds, at scale 0. */
const scaled = { time: [3, 8], datetime2: [6, 19], datetimeoffset: [8, 26] } as const;

export function typeFacts(type: SqlType): TypeFacts {
  const [maxLength, precision, scale] = fixed[type.name] ?? [0, 0, 0];
  switch (type.name) {
    case 'decimal': {
      const bytes = [9, 19, 28].filter((limit) => type.precision > limit).length;
      return { maxLength: 5 + 4 * bytes, precision: type.precision, scale: type.scale };
    }
    case 'time':
    case 'datetime2':
    case 'datetimeoffset': {
      const [bytes, digits] = scaled[type.name];
      const more = [2, 4].filter((limit) => type.scale > limit).length;
      const fraction = type.scale === 0 ? 0 : type.scale + 1;
      return { maxLength: bytes + more, precision: digits + fraction, scale: type.scale };
    }
    case 'nchar':
    case 'nvarchar':
      return sized(type.length === 'max' ? -1 : type.length * 2);
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
      return sized(type.length === 'max' ? -1 : type.length);
    default:
      return { maxLength, precision, scale };
  }
}

function sized(maxLength: number): TypeFacts {
  return { maxLength, precision: 0, scale: 0 };
}

export function isCharacterType({ name }: SqlType): boolean {
  return name === 'char' || name === 'varchar' || name === 'nchar' || name === 'nvarchar';
}
