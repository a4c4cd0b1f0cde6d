// Values that the server sends [MS-TDS 2.2.5.5, 2.2.5.2.3].
import type { ByteWriter } from '../byte-writer.ts';
import type { DecimalType, SqlType, SqlValue, StringType } from '../sql-type.ts';
import { asText } from './as-text.ts';
import { parseDate, parseTime, timeLength } from './calendar.ts';
import { encodeCodePage1252 } from './code-page-1252.ts';
import { decimalLength, toUnits } from './decimal.ts';
import { fixedTypeOf } from './fixed-value.ts';
import { encodeUuid } from './uuid.ts';

export type WriteValue = (writer: ByteWriter, value: SqlValue) => void;
type WritePresent = (writer: ByteWriter, value: Exclude<SqlValue, null>) => void;

const NULL_LENGTH = 0xffff;
const NULL_PLP = 0xffff_ffff_ffff_ffffn;

/**
 * What writes a value of this type, behind its length where it has one. It throws RangeError or TypeError for a value
 * of another type. `nullable`: as the type was written; without it there is no null of a fixed type.
 */
export function valueWriter(type: SqlType, nullable = true): WriteValue {
  if (isLong(type)) return orNull(longWriter(type.name, type.length), longNull(type.length));
  const fixed = fixedTypeOf(type);
  if (!fixed) return orNull(variableWriter(type), writeNoLength);
  if (nullable) {
    const { length } = fixed;
    return orNull((writer, value) => fixed.write(writer.uint8(length), value), writeNoLength);
  }
  return orNull(fixed.write, () => {
    throw new TypeError('a null in a column that is not nullable');
  });
}

function writeNoLength(writer: ByteWriter): void {
  writer.uint8(0);
}

function isLong(type: SqlType): type is StringType {
  return 'length' in type;
}

function orNull(write: WritePresent, writeNull: (writer: ByteWriter) => void): WriteValue {
  return (writer, value) => {
    if (value === null) writeNull(writer);
    else write(writer, value);
  };
}

function longNull(length: number | 'max'): (writer: ByteWriter) => void {
  return length === 'max'
    ? (writer) => writer.uint64(NULL_PLP)
    : (writer) => writer.uint16(NULL_LENGTH);
}

function longWriter(name: StringType['name'], length: number | 'max'): WritePresent {
  const isUnicode = name === 'nchar' || name === 'nvarchar';
  if (isUnicode && length !== 'max') {
    return (writer, value) => {
      const text = asText(value);
      writer.uint16(text.length * 2).text(text);
    };
  }
  const bytesOf = (value: SqlValue): Uint8Array => {
    if (isUnicode) return Buffer.from(asText(value), 'utf16le');
    return value instanceof Uint8Array ? value : encodeCodePage1252(asText(value));
  };
  if (length !== 'max') {
    return (writer, value) => {
      const bytes = bytesOf(value);
      writer.uint16(bytes.length).bytes(bytes);
    };
  }
  return (writer, value) => {
    const bytes = bytesOf(value);
    writer.uint64(BigInt(bytes.length));
    if (bytes.length > 0) writer.uint32(bytes.length).bytes(bytes);
    writer.uint32(0);
  };
}

function variableWriter(type: Exclude<SqlType, StringType>): WritePresent {
  switch (type.name) {
    case 'uniqueidentifier':
      return (writer, value) => writer.uint8(16).bytes(encodeUuid(asText(value)));
    case 'decimal':
      return decimalWriter(type);
    case 'date':
      return (writer, value) => writer.uint8(3).uint(parseDate(asText(value)), 3);
    case 'time':
      return timeWriter(type.scale);
    case 'datetime2':
      return dateTimeWriter(type.scale);
    case 'datetimeoffset':
      return offsetWriter(type.scale);
    default:
      throw new TypeError(`no type: ${type.name}`);
  }
}

function decimalWriter(type: DecimalType): WritePresent {
  const length = decimalLength(type.precision);
  return (writer, value) => {
    const units = toUnits(asText(value), type.scale);
    let magnitude = units < 0n ? -units : units;
    writer.uint8(length).uint8(units < 0n ? 0 : 1);
    for (let word = 1; word < length; word += 4) {
      writer.uint32(Number(magnitude & 0xffff_ffffn));
      magnitude >>= 32n;
    }
    if (magnitude !== 0n) throw new RangeError('a decimal over its precision');
  };
}

const TIME_AT = 'yyyy-mm-dd '.length;
const MINUTES_PER_DAY = 1440;

function timeWriter(scale: number): WritePresent {
  const length = timeLength(scale);
  return (writer, value) => writer.uint8(length).uint(parseTime(asText(value), 0, scale), length);
}

function dateTimeWriter(scale: number): WritePresent {
  const length = timeLength(scale);
  return (writer, value) => {
    const text = asText(value);
    writer.uint8(length + 3).uint(parseTime(text, TIME_AT, scale), length);
    writer.uint(parseDate(text), 3);
  };
}

/** The wire has the time in UTC, and the offset beside it. */
function offsetWriter(scale: number): WritePresent {
  const length = timeLength(scale);
  const perDay = 86_400 * 10 ** scale;
  return (writer, value) => {
    const text = asText(value);
    const sign = text.at(-6) === '-' ? -1 : 1;
    const offset = sign * (Number(text.slice(-5, -3)) * 60 + Number(text.slice(-2)));
    let days = parseDate(text);
    let units = parseTime(text, TIME_AT, scale) - (offset * perDay) / MINUTES_PER_DAY;
    if (units < 0) {
      units += perDay;
      days -= 1;
    } else if (units >= perDay) {
      units -= perDay;
      days += 1;
    }
    writer
      .uint8(length + 5)
      .uint(units, length)
      .uint(days, 3)
      .int16(offset);
  };
}
