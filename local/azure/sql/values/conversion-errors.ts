// What SQL Server says where a value does not convert. Source: sys.messages of SQL Server, by number.
import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType } from '../../tds/sql-type.ts';

/** As messages name types: decimal is numeric. */
export const nameOf = ({ name }: SqlType): string => (name === 'decimal' ? 'numeric' : name);

export const overflow = (target: SqlType): SqlError =>
  new SqlError(
    8115,
    `Arithmetic overflow error converting expression to data type ${nameOf(target)}.`,
    16,
    2,
  );

export const numericOverflow = (from: SqlType, target: SqlType): SqlError =>
  new SqlError(
    8115,
    `Arithmetic overflow error converting ${nameOf(from)} to data type ${nameOf(target)}.`,
    16,
    8,
  );

export const smallOverflow = (target: SqlType, value: bigint): SqlError =>
  new SqlError(
    220,
    `Arithmetic overflow error for data type ${target.name}, value = ${value}.`,
    16,
    2,
  );

/** As messages name the columns of the two small types. */
const columnNames: Readonly<Record<string, string>> = { tinyint: 'INT1', smallint: 'INT2' };

export function textOverflow(from: SqlType, text: string, target: SqlType): SqlError {
  if (target.name === 'bigint') return overflow(target);
  const small = columnNames[target.name];
  if (!small) return intOverflow(from, text, target);
  return new SqlError(
    244,
    `The conversion of the ${from.name} value '${text}' overflowed an ${small} column. Use a larger integer column.`,
    16,
    1,
  );
}

const intOverflow = (from: SqlType, text: string, target: SqlType): SqlError =>
  new SqlError(
    248,
    `The conversion of the ${from.name} value '${text}' overflowed an ${target.name} column.`,
    16,
    1,
  );

export const notConverted = (from: SqlType, text: string, target: SqlType): SqlError =>
  new SqlError(
    245,
    `Conversion failed when converting the ${from.name} value '${text}' to data type ${target.name}.`,
  );

export const notNumeric = (from: SqlType, target: SqlType): SqlError =>
  new SqlError(8114, `Error converting data type ${from.name} to ${nameOf(target)}.`, 16, 5);

export const notMoney = (): SqlError =>
  new SqlError(235, 'Cannot convert a char value to money. The value has incorrect syntax.');

export const floatOverflow = (target: SqlType, value: number): SqlError =>
  new SqlError(
    232,
    `Arithmetic overflow error for type ${target.name}, value = ${value.toFixed(6)}.`,
    16,
    3,
  );

export const notDate = (): SqlError =>
  new SqlError(241, 'Conversion failed when converting date and/or time from character string.');

export const dateOutOfRange = (from: SqlType, target: SqlType): SqlError =>
  new SqlError(
    242,
    `The conversion of a ${from.name} data type to a ${target.name} data type resulted in an out-of-range value.`,
    16,
    3,
  );

export const notGuid = (): SqlError =>
  new SqlError(
    8169,
    'Conversion failed when converting from a character string to uniqueidentifier.',
    16,
    2,
  );

export const resultTruncated = (): SqlError =>
  new SqlError(8170, 'Insufficient result space to convert uniqueidentifier value to char.', 16, 2);

export const notHex = (): SqlError =>
  new SqlError(8114, 'Error converting data type varchar to varbinary.', 16, 5);

export const notAllowed = (from: SqlType, target: SqlType): SqlError =>
  new SqlError(
    529,
    `Explicit conversion from data type ${nameOf(from)} to ${nameOf(target)} is not allowed.`,
    16,
    2,
  );

export const notImplicit = (from: SqlType, target: SqlType): SqlError =>
  new SqlError(
    257,
    `Implicit conversion from data type ${nameOf(from)} to ${nameOf(target)} is not allowed. Use the CONVERT function to run this query.`,
    16,
    3,
  );

export const typeClash = (from: SqlType, target: SqlType): SqlError =>
  new SqlError(
    206,
    `Operand type clash: ${nameOf(from)} is incompatible with ${nameOf(target)}`,
    16,
    2,
  );

export const badStyle = (style: number, from: SqlType): SqlError =>
  new SqlError(
    281,
    `${style} is not a valid style number when converting from ${nameOf(from)} to a character string.`,
  );

/** `table`: `database.schema.table`. */
export const truncated = (table: string, column: string, value: string): SqlError =>
  new SqlError(
    2628,
    `String or binary data would be truncated in table '${table}', column '${column}'. Truncated value: '${value}'.`,
    16,
    1,
  );
