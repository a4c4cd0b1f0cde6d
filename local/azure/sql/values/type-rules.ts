// What kinds of types there are, which of two wins, and what the result of an operation is.
import type { SqlType } from '../../tds/sql-type.ts';

export type TypeKind = 'integer' | 'decimal' | 'float' | 'time' | 'text' | 'binary' | 'guid';

export function kindOf({ name }: SqlType): TypeKind {
  switch (name) {
    case 'bit':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return 'integer';
    case 'decimal':
    case 'money':
    case 'smallmoney':
      return 'decimal';
    case 'real':
    case 'float':
      return 'float';
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
      return 'text';
    case 'binary':
    case 'varbinary':
      return 'binary';
    case 'uniqueidentifier':
      return 'guid';
    default:
      return 'time';
  }
}

export const isText = (type: SqlType): boolean => kindOf(type) === 'text';
export const isNumber = (type: SqlType): boolean =>
  ['integer', 'decimal', 'float'].includes(kindOf(type));

/** Lowest first: https://learn.microsoft.com/sql/t-sql/data-types/data-type-precedence-transact-sql */
const precedence: readonly SqlType['name'][] = [
  'binary',
  'varbinary',
  'char',
  'varchar',
  'nchar',
  'nvarchar',
  'uniqueidentifier',
  'bit',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'smallmoney',
  'money',
  'decimal',
  'real',
  'float',
  'time',
  'date',
  'smalldatetime',
  'datetime',
  'datetime2',
  'datetimeoffset',
];

const rankOf = ({ name }: SqlType): number => precedence.indexOf(name);

/** Digits that an exact number may have, and those behind the point. */
export function digitsOf(type: SqlType): { precision: number; scale: number } {
  switch (type.name) {
    case 'decimal':
      return { precision: type.precision, scale: type.scale };
    case 'money':
      return { precision: 19, scale: 4 };
    case 'smallmoney':
      return { precision: 10, scale: 4 };
    case 'bit':
      return { precision: 1, scale: 0 };
    case 'tinyint':
      return { precision: 3, scale: 0 };
    case 'smallint':
      return { precision: 5, scale: 0 };
    case 'bigint':
      return { precision: 19, scale: 0 };
    default:
      return { precision: 10, scale: 0 };
  }
}

/** A decimal of at most 38 digits: the scale gives way, down to 6, before the whole part does. */
export function decimalOf(precision: number, scale: number): SqlType {
  if (precision <= 38) return { name: 'decimal', precision, scale };
  const whole = precision - scale;
  const kept = whole < 32 ? Math.min(scale, 38 - whole) : Math.min(scale, 6);
  return { name: 'decimal', precision: 38, scale: Math.max(0, kept) };
}

type StringLength = number | 'max';

export function lengthOf(type: SqlType): StringLength {
  return 'length' in type ? type.length : 0;
}

const longer = (a: StringLength, b: StringLength): StringLength =>
  a === 'max' || b === 'max' ? 'max' : Math.max(a, b);

/** The type that values of both have in a CASE, a UNION, a comparison: the higher rank, large enough for both. */
export function commonType(left: SqlType, right: SqlType): SqlType {
  const winner = rankOf(left) >= rankOf(right) ? left : right;
  const other = winner === left ? right : left;
  switch (winner.name) {
    case 'decimal': {
      if (!isNumber(other) || kindOf(other) === 'float') return winner;
      const [a, b] = [digitsOf(winner), digitsOf(other)];
      const scale = Math.max(a.scale, b.scale);
      return decimalOf(Math.max(a.precision - a.scale, b.precision - b.scale) + scale, scale);
    }
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary': {
      if (!('length' in other)) return winner;
      const length = longer(winner.length, other.length);
      // Of a fixed and a varying one, the varying.
      const isVarying = winner.name.includes('var') || other.name.includes('var');
      const name = isVarying && !winner.name.includes('var') ? varyingOf(winner.name) : winner.name;
      return { name, length } as SqlType;
    }
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return { name: winner.name, scale: Math.max(winner.scale, scaleOf(other)) };
    default:
      return winner;
  }
}

function varyingOf(name: string): 'varchar' | 'nvarchar' | 'varbinary' {
  if (name === 'nchar' || name === 'nvarchar') return 'nvarchar';
  return name === 'char' ? 'varchar' : 'varbinary';
}

function scaleOf(type: SqlType): number {
  switch (type.name) {
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return type.scale;
    case 'datetime':
      return 3;
    default:
      return 0;
  }
}

/** The longest that a text of one kind may be without being `max`, in characters. */
export const mostCharacters = (type: SqlType): number =>
  type.name.startsWith('n') ? 4_000 : 8_000;
