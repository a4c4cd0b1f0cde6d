import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType } from '../../tds/sql-type.ts';
import { nameOf, typeClash } from '../values/conversion-errors.ts';
import {
  commonType,
  decimalOf,
  digitsOf,
  isNumber,
  isText,
  kindOf,
  lengthOf,
  mostCharacters,
} from '../values/type-rules.ts';
import { castTo } from './cast.ts';
import { commonCollation } from './compare.ts';
import { textSql } from './literals.ts';
import type { Typed } from './typed.ts';

type Operator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^';

/** Throws SqlError 402, 8117, 206, 257. */
export function operate(operator: Operator, left: Typed, right: Typed): Typed {
  if (operator === '+' && isJoined(left, right)) return concatenate(left, right);
  if (operator === '&' || operator === '|' || operator === '^')
    return operateBits(operator, left, right);
  const [a, b] = [left.type, right.type];
  if (kindOf(a) === 'time' || kindOf(b) === 'time') return shiftTime(operator, left, right);
  const type = commonType(a, b);
  // A uniqueidentifier and a number have no type in common.
  if ((kindOf(a) === 'guid') !== (kindOf(b) === 'guid') && [a, b].some(isNumber))
    throw typeClash(a, b);
  if (!isNumber(type)) throw badOperands(operator, a, b);
  const nullable = left.nullable || right.nullable;
  switch (kindOf(type)) {
    case 'integer':
      return operateIntegers(operator, castTo(left, type), castTo(right, type), nullable);
    case 'float':
      return {
        sql: `t_float(${textSql(operator)}, ${castTo(left, type).sql}, ${castTo(right, type).sql}, ${textSql(type.name)})`,
        type,
        nullable,
      };
    default:
      return operateExact(operator, left, right, type);
  }
}

function isJoined(left: Typed, right: Typed): boolean {
  const both = [left, right];
  const joined = (value: Typed) => isText(value.type) || kindOf(value.type) === 'binary';
  return (
    both.some((value) => joined(value) && !value.isUntyped) &&
    both.every((value) => joined(value) || value.isUntyped)
  );
}

function concatenate(left: Typed, right: Typed): Typed {
  if (left.isUntyped || right.isUntyped) {
    const typed = left.isUntyped ? right : left;
    return { sql: 'NULL', type: typed.type, nullable: true };
  }
  const type = commonType(left.type, right.type);
  if (isText(type) !== isText(left.type) || isText(type) !== isText(right.type)) {
    // Text to binary does not convert by itself; binary to text does.
    return concatenate(castTo(left, type), castTo(right, type));
  }
  const nullable = left.nullable || right.nullable;
  const [a, b] = [lengthOf(left.type), lengthOf(right.type)];
  const length =
    a === 'max' || b === 'max'
      ? 'max'
      : Math.min(a + b, isText(type) ? mostCharacters(type) : 8_000);
  const collation = commonCollation([left, right]);
  const result = { ...type, length } as SqlType;
  const joined = isText(type) ? `${left.sql} || ${right.sql}` : `t_join(${left.sql}, ${right.sql})`;
  // Not `max`: what is longer is cut off.
  const mayGrow = length !== 'max' && a !== 'max' && b !== 'max' && a + b > length;
  const sql = mayGrow ? `substr(${joined}, 1, ${length})` : `(${joined})`;
  return { sql, type: result, nullable, ...(collation && { collation }) };
}

function operateBits(operator: '&' | '|' | '^', left: Typed, right: Typed): Typed {
  const type = commonType(left.type, right.type);
  if (kindOf(type) !== 'integer') throw badOperands(operator, left.type, right.type);
  const [a, b] = [left.sql, right.sql];
  const sql = operator === '^' ? `((${a} | ${b}) - (${a} & ${b}))` : `(${a} ${operator} ${b})`;
  return { sql, type, nullable: left.nullable || right.nullable };
}

function operateIntegers(operator: Operator, a: Typed, b: Typed, nullable: boolean): Typed {
  const { type } = a;
  if (type.name === 'bit') throw badOperand(operator, type);
  const isSmall = type.name !== 'bigint' && operator !== '/' && operator !== '%';
  const sql = isSmall
    ? `t_range(${a.sql} ${operator} ${b.sql}, ${textSql(type.name)})`
    : `t_integer(${textSql(operator)}, ${a.sql}, ${b.sql}, ${textSql(type.name)})`;
  return { sql, type, nullable };
}

/** https://learn.microsoft.com/sql/t-sql/data-types/precision-scale-and-length-transact-sql */
function operateExact(operator: Operator, left: Typed, right: Typed, common: SqlType): Typed {
  const nullable = left.nullable || right.nullable;
  const isMoney = common.name !== 'decimal';
  const [a, b] = [exactSide(left, common), exactSide(right, common)];
  const [x, y] = [digitsOf(a.type), digitsOf(b.type)];
  const type = isMoney ? common : resultOf(operator, x, y);
  const spec = textSql(
    `${operator} ${x.scale} ${y.scale} ${digitsOf(type).precision} ${digitsOf(type).scale} ${type.name}`,
  );
  return { sql: `t_exact_operation(${spec}, ${a.sql}, ${b.sql})`, type, nullable };
}

function exactSide(value: Typed, common: SqlType): Typed {
  if (kindOf(value.type) === 'decimal') return value;
  if (value.isUntyped || kindOf(value.type) !== 'integer') return castTo(value, common);
  const precision =
    value.literal === undefined || value.literal === null
      ? digitsOf(value.type).precision
      : String(value.literal).replace('-', '').length;
  return castTo(value, { name: 'decimal', precision, scale: 0 });
}

type Digits = ReturnType<typeof digitsOf>;

function resultOf(operator: Operator, a: Digits, b: Digits): SqlType {
  const scale = Math.max(a.scale, b.scale);
  const [wholeA, wholeB] = [a.precision - a.scale, b.precision - b.scale];
  switch (operator) {
    case '*':
      return decimalOf(a.precision + b.precision + 1, a.scale + b.scale);
    case '/': {
      const divided = Math.max(6, a.scale + b.precision + 1);
      return decimalOf(wholeA + b.scale + divided, divided);
    }
    case '%':
      return decimalOf(Math.min(wholeA, wholeB) + scale, scale);
    default:
      return decimalOf(scale + Math.max(wholeA, wholeB) + 1, scale);
  }
}

/** Days, as the two old types count them; the new types take no sums. */
function shiftTime(operator: Operator, left: Typed, right: Typed): Typed {
  const isOld = ({ name }: SqlType) => name === 'datetime' || name === 'smalldatetime';
  const sides = [left, right];
  const isFine =
    (operator === '+' || operator === '-') &&
    sides.every(({ type }) => kindOf(type) !== 'time' || isOld(type));
  if (!isFine) throw badTimes(operator, left.type, right.type);
  const type: SqlType = { name: 'datetime' };
  const [a, b] = sides.map((side) => castTo(side, type)) as [Typed, Typed];
  return {
    sql: `t_datetime_operation(${textSql(operator)}, ${a.sql}, ${b.sql})`,
    type,
    nullable: left.nullable || right.nullable,
  };
}

function badTimes(operator: Operator, left: SqlType, right: SqlType): SqlError {
  const [time, other] = kindOf(left) === 'time' ? [left, right] : [right, left];
  if (isNumber(other)) return typeClash(time, other);
  return left.name === right.name ? badOperand(operator, left) : badOperands(operator, left, right);
}

export function negate(value: Typed): Typed {
  const { type, nullable } = value;
  if (value.literal !== undefined && value.literal !== null && isNumber(type)) {
    const text = String(value.literal);
    const negated = text.startsWith('-') ? text.slice(1) : `-${text}`;
    if (type.name === 'decimal' && type.scale === 0 && BigInt(negated) === -2_147_483_648n) {
      return { ...value, sql: '-2147483648', literal: -2_147_483_648, type: { name: 'int' } };
    }
    const literal = typeof value.literal === 'number' ? -value.literal : negated;
    return {
      ...value,
      sql: typeof literal === 'number' ? `(${literal})` : textSql(literal),
      literal,
    };
  }
  switch (kindOf(type)) {
    case 'integer':
      if (type.name === 'bit') throw badOperand('minus', type);
      return operateIntegers('-', { ...value, sql: '0' }, value, nullable);
    case 'float':
      return { sql: `(-${value.sql})`, type, nullable };
    case 'decimal':
      return { sql: `t_negate(${value.sql})`, type, nullable };
    default:
      throw badOperand('minus', type);
  }
}

export function invertBits(value: Typed): Typed {
  const { type, nullable } = value;
  if (kindOf(type) !== 'integer') throw badOperand("'~'", type);
  if (type.name === 'bit') return { sql: `(1 - ${value.sql})`, type, nullable };
  if (type.name === 'tinyint') return { sql: `(255 - ${value.sql})`, type, nullable };
  return { sql: `(~${value.sql})`, type, nullable };
}

const names: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
};

function badOperands(operator: string, a: SqlType, b: SqlType): SqlError {
  return new SqlError(
    402,
    `The data types ${nameOf(a)} and ${nameOf(b)} are incompatible in the ${names[operator] ?? `'${operator}'`} operator.`,
  );
}

function badOperand(operator: string, type: SqlType): SqlError {
  return new SqlError(
    8117,
    `Operand data type ${nameOf(type)} is invalid for ${names[operator] ?? operator} operator.`,
  );
}
