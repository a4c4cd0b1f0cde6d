// Values that a client sends [MS-TDS 2.2.5.5, 2.2.5.2.3].

import { ByteReader } from '../byte-reader.ts';
import { badValue, malformed } from '../malformed.ts';
import type { DecimalType, ScaledTimeType, SqlValue } from '../sql-type.ts';
import { DAYS_TO_1900, dateText, LAST_DAY, timeLength, timeText } from './calendar.ts';
import { decodeCodePage1252 } from './code-page-1252.ts';
import { fitsPrecision, fromUnits, MONEY_SCALE } from './decimal.ts';
import { fixedLengths } from './fixed-lengths.ts';
import type { ParameterPlace, WireType } from './read-type.ts';
import { decodeUuid } from './uuid.ts';

/** Throws MalformedError, or SqlError 8023 for bytes that are no value of the type. */
export function readValue(reader: ByteReader, wire: WireType, place: ParameterPlace): SqlValue {
  const bytes = readBytes(reader, wire, place);
  if (bytes === null) return null;
  const value = decode(bytes, wire);
  if (value === undefined) throw badValue(place.ordinal, place.name, wire.type.name);
  return value;
}

function readBytes(reader: ByteReader, wire: WireType, place: ParameterPlace): Buffer | null {
  if (wire.lengthPrefix === 'none') return null;
  if (wire.lengthPrefix === 'parts') return readParts(reader);
  const length = readLength(reader, wire);
  if (length === null) return null;
  // What is longer than declared is read too, so that the error names the parameter.
  const bytes = reader.bytes(length);
  if (length > wire.length) throw badValue(place.ordinal, place.name, wire.type.name);
  return bytes;
}

function readLength(reader: ByteReader, { lengthPrefix, length, type }: WireType): number | null {
  switch (lengthPrefix) {
    case 'fixed':
      return length;
    case 'byte': {
      const given = reader.uint8();
      // A legacy character type has 0 for NULL too.
      return given === 0 || (given === 0xff && 'length' in type) ? null : given;
    }
    case 'short': {
      const given = reader.uint16();
      return given === 0xffff ? null : given;
    }
    default: {
      const given = reader.uint32();
      return given === 0xffff_ffff ? null : given;
    }
  }
}

const NULL_PLP = 0xffff_ffff_ffff_ffffn;
const UNKNOWN_LENGTH = 0xffff_ffff_ffff_fffen;

/** Partially length-prefixed bytes [MS-TDS 2.2.5.2.3]. */
function readParts(reader: ByteReader): Buffer | null {
  const total = reader.uint64();
  if (total === NULL_PLP) return null;
  const parts: Buffer[] = [];
  let length = 0;
  for (let part = reader.uint32(); part !== 0; part = reader.uint32()) {
    parts.push(reader.bytes(part));
    length += part;
  }
  if (total !== UNKNOWN_LENGTH && BigInt(length) !== total) throw malformed();
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

/** Undefined: no value of the type. */
function decode(bytes: Buffer, { type, isUtf8, lengthPrefix }: WireType): SqlValue | undefined {
  switch (type.name) {
    case 'varchar':
    case 'char':
      return isUtf8 ? bytes.toString('utf8') : decodeCodePage1252(bytes);
    case 'nvarchar':
    case 'nchar':
      return bytes.length % 2 === 0 ? bytes.toString('utf16le') : undefined;
    case 'binary':
    case 'varbinary':
      // A copy: the message is larger, and may be kept no longer than its request.
      return Uint8Array.from(bytes);
    case 'decimal':
      return decodeDecimal(bytes, type);
    case 'date':
      return decodeDate(bytes);
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return decodeScaled(bytes, type);
    default:
      // A fixed value has its length already; a nullable one tells it.
      return lengthPrefix === 'fixed' || bytes.length === fixedLengths[type.name]
        ? decodeSized(bytes, type.name)
        : undefined;
  }
}

function decodeSized(bytes: Buffer, name: keyof typeof fixedLengths): SqlValue | undefined {
  switch (name) {
    case 'bit':
      return bytes.readUInt8(0) === 0 ? 0 : 1;
    case 'tinyint':
      return bytes.readUInt8(0);
    case 'smallint':
      return bytes.readInt16LE(0);
    case 'int':
      return bytes.readInt32LE(0);
    case 'bigint':
      return bytes.readBigInt64LE(0);
    case 'real':
      return finite(bytes.readFloatLE(0));
    case 'float':
      return finite(bytes.readDoubleLE(0));
    case 'smallmoney':
      return fromUnits(BigInt(bytes.readInt32LE(0)), MONEY_SCALE);
    case 'money': {
      const units = (BigInt(bytes.readInt32LE(0)) << 32n) | BigInt(bytes.readUInt32LE(4));
      return fromUnits(units, MONEY_SCALE);
    }
    case 'uniqueidentifier':
      return decodeUuid(bytes);
    case 'smalldatetime':
      return dateAndTime(bytes.readUInt16LE(0) + DAYS_TO_1900, bytes.readUInt16LE(2) * 60, 0);
    case 'datetime': {
      const milliseconds = Math.round((bytes.readUInt32LE(4) * 10) / 3);
      const days = bytes.readInt32LE(0) + DAYS_TO_1900;
      return days >= FIRST_DATETIME ? dateAndTime(days, milliseconds, 3) : undefined;
    }
  }
}

/** 1753-01-01. */
const FIRST_DATETIME = 639_905;

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function decodeDecimal(bytes: Buffer, { precision, scale }: DecimalType): string | undefined {
  const isWhole = bytes.length >= 5 && (bytes.length - 1) % 4 === 0;
  if (!isWhole || bytes.readUInt8(0) > 1) return undefined;
  let magnitude = 0n;
  for (let at = bytes.length - 4; at >= 1; at -= 4) {
    magnitude = (magnitude << 32n) | BigInt(bytes.readUInt32LE(at));
  }
  if (!fitsPrecision(magnitude, precision)) return undefined;
  return fromUnits(bytes.readUInt8(0) === 0 ? -magnitude : magnitude, scale);
}

function decodeDate(bytes: Buffer): string | undefined {
  if (bytes.length !== 3) return undefined;
  const days = bytes.readUIntLE(0, 3);
  return days <= LAST_DAY ? dateText(days) : undefined;
}

function decodeScaled(bytes: Buffer, type: ScaledTimeType): string | undefined {
  const { scale } = type;
  const length = timeLength(scale);
  const tail = { time: 0, datetime2: 3, datetimeoffset: 5 }[type.name];
  if (bytes.length !== length + tail) return undefined;
  const reader = new ByteReader(bytes);
  const units = reader.uint(length);
  if (type.name === 'time') return isOfDay(units, scale) ? timeText(units, scale) : undefined;
  const days = reader.uint(3);
  if (type.name === 'datetime2') return dateAndTime(days, units, scale);
  return withOffset(days, units, scale, reader.int16());
}

/** The wire has UTC; the value is local time. */
function withOffset(
  utcDays: number,
  utcUnits: number,
  scale: number,
  offset: number,
): string | undefined {
  if (Math.abs(offset) > 14 * 60 || !isOfDay(utcUnits, scale)) return undefined;
  const perDay = 86_400 * 10 ** scale;
  const local = utcUnits + offset * 60 * 10 ** scale;
  const shift = Math.floor(local / perDay);
  const text = dateAndTime(utcDays + shift, local - shift * perDay, scale);
  if (text === undefined) return undefined;
  const minutes = Math.abs(offset);
  const clock = [Math.floor(minutes / 60), minutes % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${text} ${offset < 0 ? '-' : '+'}${clock.join(':')}`;
}

function dateAndTime(days: number, units: number, scale: number): string | undefined {
  if (days < 0 || days > LAST_DAY || !isOfDay(units, scale)) return undefined;
  return `${dateText(days)} ${timeText(units, scale)}`;
}

function isOfDay(units: number, scale: number): boolean {
  return units < 86_400 * 10 ** scale;
}
