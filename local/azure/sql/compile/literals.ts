import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType, SqlValue } from '../../tds/sql-type.ts';
import { inCodePage } from '../values/code-page.ts';
import { exactOfText } from '../values/exact-number.ts';
import type { Typed } from './typed.ts';

/** A value as SQLite writes it. */
function literalSql(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  if (typeof value === 'string') return textSql(value);
  if (typeof value === 'bigint') return bigintSql(value);
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 53) return String(value);
  return value.toExponential();
}

/** SQLite has no way to write the smallest as a literal. */
function bigintSql(value: bigint): string {
  return value === -(2n ** 63n) ? '(-9223372036854775807 - 1)' : String(value);
}

/** A text with NUL in it ends there in SQLite's own syntax. */
export function textSql(text: string): string {
  if (text.includes('\0')) return `CAST(x'${Buffer.from(text).toString('hex')}' AS TEXT)`;
  return `'${text.replaceAll("'", "''")}'`;
}

export function constant(value: SqlValue, type: SqlType): Typed {
  // A float must stay one: SQLite would make 1e0 an integer in some places.
  const isFloat = type.name === 'float' || type.name === 'real';
  const sql = isFloat && value !== null ? Number(value).toExponential() : literalSql(value);
  return { sql, type, nullable: value === null, literal: value };
}

/** int, bigint or decimal by size; float with an exponent. Throws SqlError 168, 1007. https://learn.microsoft.com/sql/t-sql/data-types/constants-transact-sql */
export function numberLiteral(digits: string): Typed {
  if (/e/i.test(digits)) {
    if (Number.isFinite(Number(digits))) return constant(Number(digits), { name: 'float' });
    throw new SqlError(
      168,
      `The floating point value '${digits}' is out of the range of computer representation (8 bytes).`,
      15,
    );
  }
  if (!digits.includes('.')) {
    const value = BigInt(digits);
    if (value <= 2_147_483_647n) return constant(Number(value), { name: 'int' });
    const text = String(value);
    requireDigits(text.length, digits);
    return constant(text, { name: 'decimal', precision: text.length, scale: 0 });
  }
  const text = exactOfText(digits) ?? '0';
  const [whole = '0', fraction = ''] = text.split('.');
  const precision = Math.max(1, (whole === '0' ? 0 : whole.length) + fraction.length);
  requireDigits(precision, digits);
  return constant(text, { name: 'decimal', precision, scale: fraction.length });
}

function requireDigits(count: number, digits: string): void {
  if (count <= 38) return;
  throw new SqlError(
    1007,
    `The number '${digits}' is out of the range for numeric representation (maximum precision 38).`,
    15,
  );
}

export function textLiteral(written: string, isNational: boolean): Typed {
  const value = isNational ? written : inCodePage(written);
  const most = isNational ? 4_000 : 8_000;
  const length = value.length > most ? 'max' : Math.max(1, value.length);
  return constant(value, { name: isNational ? 'nvarchar' : 'varchar', length });
}

export function binaryLiteral(value: Uint8Array): Typed {
  const length = value.length > 8_000 ? 'max' : Math.max(1, value.length);
  return constant(value, { name: 'varbinary', length });
}

export const untypedNull: Typed = {
  sql: 'NULL',
  type: { name: 'int' },
  nullable: true,
  literal: null,
  isUntyped: true,
};
