// One value from one SQL Server type to another.
import type { SqlType, SqlValue, StringType } from '../../tds/sql-type.ts';
import { encodeCodePage1252 } from '../../tds/types/code-page-1252.ts';
import { decodeUuid, encodeUuid } from '../../tds/types/uuid.ts';
import { notGuid, notHex } from './conversion-errors.ts';
import { momentOfStored } from './moments.ts';
import { toExact, toFloat, toInteger } from './to-number.ts';
import { toText } from './to-text.ts';
import { toTime } from './to-time.ts';
import { kindOf } from './type-rules.ts';

/** As CAST does, or CONVERT with a style. Throws SqlError. Whether it is allowed is the compiler's to ask. */
export function convert(value: SqlValue, from: SqlType, to: SqlType, style?: number): SqlValue {
  if (value === null) return null;
  switch (to.name) {
    case 'bit':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return toInteger(value, from, to);
    case 'decimal':
    case 'money':
    case 'smallmoney':
      return toExact(value, from, to);
    case 'real':
    case 'float':
      return toFloat(value, from, to);
    case 'uniqueidentifier':
      return toGuid(value, from);
    case 'binary':
    case 'varbinary':
      return toBinary(value, from, to, style ?? 0);
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
      return toText(value, from, to, style);
    default:
      return toTime(value, from, to, style);
  }
}

/** The first 36 characters, with or without braces. */
function toGuid(value: Exclude<SqlValue, null>, from: SqlType): string {
  if (kindOf(from) === 'guid') return String(value);
  if (value instanceof Uint8Array) {
    if (value.length < 16) throw notGuid();
    return decodeUuid(value.subarray(0, 16));
  }
  const text = String(value)
    .trimStart()
    .replace(/^\{(.{36})\}.*$/s, '$1')
    .slice(0, 36)
    .toUpperCase();
  if (!/^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/.test(text)) throw notGuid();
  return text;
}

function toBinary(
  value: Exclude<SqlValue, null>,
  from: SqlType,
  { name, length }: StringType,
  style: number,
): Uint8Array {
  const bytes = bytesFrom(value, from, style);
  if (length === 'max') return bytes;
  // Numbers keep their last bytes, all else its first.
  const isNumber = kindOf(from) === 'integer';
  const cut =
    isNumber && bytes.length > length
      ? bytes.subarray(bytes.length - length)
      : bytes.subarray(0, length);
  if (name === 'varbinary' || cut.length === length) return cut;
  const filled = new Uint8Array(length);
  filled.set(cut, isNumber ? length - cut.length : 0);
  return filled;
}

const integerBytes: Readonly<Record<string, number>> = {
  bit: 1,
  tinyint: 1,
  smallint: 2,
  int: 4,
  bigint: 8,
};

function bytesFrom(value: Exclude<SqlValue, null>, from: SqlType, style: number): Uint8Array {
  if (value instanceof Uint8Array) return value;
  switch (kindOf(from)) {
    case 'guid':
      return encodeUuid(String(value));
    case 'integer': {
      const buffer = Buffer.alloc(8);
      buffer.writeBigInt64BE(BigInt(value));
      return new Uint8Array(buffer.subarray(8 - (integerBytes[from.name] ?? 8)));
    }
    case 'text':
      if (style === 1 || style === 2) return bytesOfHex(String(value), style);
      return from.name.startsWith('n')
        ? Buffer.from(String(value), 'utf16le')
        : encodeCodePage1252(String(value));
    case 'time': {
      const { day, ticks } = momentOfStored(String(value));
      const buffer = Buffer.alloc(8);
      buffer.writeInt32BE(day - 693_595);
      buffer.writeUInt32BE(Number((ticks * 300n) / 10_000_000n), 4);
      return buffer;
    }
    default: {
      const buffer = Buffer.alloc(8);
      buffer.writeDoubleBE(Number(value));
      return buffer;
    }
  }
}

function bytesOfHex(text: string, style: number): Buffer {
  const hex = style === 1 ? text.replace(/^0x/i, '') : text;
  if ((style === 1 && !/^0x/i.test(text)) || hex.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(hex)) {
    throw notHex();
  }
  return Buffer.from(hex, 'hex');
}
