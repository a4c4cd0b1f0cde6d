// TYPE_INFO of what a client sends [MS-TDS 2.2.5.6].
import type { ByteReader } from '../byte-reader.ts';
import { badTypeLength, unknownType } from '../malformed.ts';
import { notSupported } from '../packet.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { isUtf8 } from './collation.ts';
import { decimalLength } from './decimal.ts';
import { typeCode } from './type-code.ts';

export interface WireType {
  readonly type: SqlType;
  /** How a value's length is told: not at all, in one, two or four bytes, or in parts (PLP). */
  readonly lengthPrefix: 'fixed' | 'none' | 'byte' | 'short' | 'long' | 'parts';
  /** Bytes: of a fixed value, else the most that a value may have. */
  readonly length: number;
  readonly isUtf8: boolean;
}

/** Which parameter is read: errors name it. `ordinal` counts from 1. */
export interface ParameterPlace {
  readonly ordinal: number;
  readonly name: string;
}

const fixed: Readonly<Record<number, readonly [SqlType['name'] & keyof typeof simple, number]>> = {
  [typeCode.int1]: ['tinyint', 1],
  [typeCode.bit]: ['bit', 1],
  [typeCode.int2]: ['smallint', 2],
  [typeCode.int4]: ['int', 4],
  [typeCode.int8]: ['bigint', 8],
  [typeCode.float4]: ['real', 4],
  [typeCode.float8]: ['float', 8],
  [typeCode.money4]: ['smallmoney', 4],
  [typeCode.money]: ['money', 8],
  [typeCode.datetime4]: ['smalldatetime', 4],
  [typeCode.datetime]: ['datetime', 8],
};

const simple = {
  bit: { name: 'bit' },
  tinyint: { name: 'tinyint' },
  smallint: { name: 'smallint' },
  int: { name: 'int' },
  bigint: { name: 'bigint' },
  real: { name: 'real' },
  float: { name: 'float' },
  money: { name: 'money' },
  smallmoney: { name: 'smallmoney' },
  smalldatetime: { name: 'smalldatetime' },
  datetime: { name: 'datetime' },
  uniqueidentifier: { name: 'uniqueidentifier' },
  date: { name: 'date' },
} as const satisfies Record<string, SqlType>;

/** Nullable types, by the length that the client declares. */
const byLength: Readonly<Record<number, Readonly<Record<number, keyof typeof simple>>>> = {
  [typeCode.intN]: { 1: 'tinyint', 2: 'smallint', 4: 'int', 8: 'bigint' },
  [typeCode.bitN]: { 1: 'bit' },
  [typeCode.floatN]: { 4: 'real', 8: 'float' },
  [typeCode.moneyN]: { 4: 'smallmoney', 8: 'money' },
  [typeCode.datetimeN]: { 4: 'smalldatetime', 8: 'datetime' },
  [typeCode.guid]: { 16: 'uniqueidentifier' },
};

const refused: Readonly<Record<number, string>> = {
  [typeCode.variant]: 'sql_variant',
  [typeCode.udt]: 'CLR user-defined type',
  [typeCode.xml]: 'xml',
  [typeCode.table]: 'table-valued parameter',
  [typeCode.json]: 'json',
  [typeCode.vector]: 'vector',
};

/** Throws SqlError: 8009, 8016, or 40517 for a type of SQL Server's that the stand-in lacks. */
export function readType(reader: ByteReader, place: ParameterPlace): WireType {
  const code = reader.uint8();
  const known = fixed[code];
  if (known) return wire(simple[known[0]], 'fixed', known[1]);
  const lengths = byLength[code];
  if (lengths) {
    const length = reader.uint8();
    const name = lengths[length];
    if (!name) throw badLength(place, code);
    return wire(simple[name], 'byte', length);
  }
  const lacking = refused[code];
  // Pretend: parameters of these types are refused by name.
  if (lacking) throw new SqlError(40517, notSupported(lacking));
  return readSizedType(code, reader, place);
}

function readSizedType(code: number, reader: ByteReader, place: ParameterPlace): WireType {
  switch (code) {
    // The type of an untyped NULL is int, as in `SELECT NULL`.
    case typeCode.null:
      return wire(simple.int, 'none', 0);
    case typeCode.date:
      return wire(simple.date, 'byte', 3);
    case typeCode.time:
    case typeCode.datetime2:
    case typeCode.datetimeoffset:
      return readTemporalType(code, reader, place);
    case typeCode.decimalN:
    case typeCode.numericN:
    case typeCode.legacyDecimal:
    case typeCode.legacyNumeric:
      return readDecimalType(code, reader, place);
    case typeCode.text:
    case typeCode.ntext:
    case typeCode.image:
      return readLongType(code, reader);
    default:
      return readStringType(code, reader, place);
  }
}

function readTemporalType(
  code: 0x29 | 0x2a | 0x2b,
  reader: ByteReader,
  place: ParameterPlace,
): WireType {
  const scale = reader.uint8();
  if (scale > 7) throw badLength(place, code);
  const name = ({ 41: 'time', 42: 'datetime2', 43: 'datetimeoffset' } as const)[code];
  return wire({ name, scale }, 'byte', 10);
}

function readDecimalType(code: number, reader: ByteReader, place: ParameterPlace): WireType {
  const length = reader.uint8();
  const precision = reader.uint8();
  const scale = reader.uint8();
  const isRight = precision >= 1 && precision <= 38 && scale <= precision;
  // Clients may declare the greatest length for any precision.
  if (!isRight || length < decimalLength(precision) || length > 17) throw badLength(place, code);
  return wire({ name: 'decimal', precision, scale }, 'byte', length);
}

function readLongType(code: 0x22 | 0x23 | 0x63, reader: ByteReader): WireType {
  const declared = reader.uint32();
  const length = declared === 0xffff_ffff ? 0x7fff_ffff : declared;
  if (code === typeCode.image) return wire({ name: 'varbinary', length: 'max' }, 'long', length);
  const collation = reader.bytes(5);
  const name = code === typeCode.text ? 'varchar' : 'nvarchar';
  return wire({ name, length: 'max' }, 'long', length, isUtf8(collation));
}

const strings: Readonly<
  Record<
    number,
    readonly ['char' | 'varchar' | 'nchar' | 'nvarchar' | 'binary' | 'varbinary', 1 | 2]
  >
> = {
  [typeCode.legacyChar]: ['char', 1],
  [typeCode.legacyVarchar]: ['varchar', 1],
  [typeCode.legacyBinary]: ['binary', 1],
  [typeCode.legacyVarbinary]: ['varbinary', 1],
  [typeCode.char]: ['char', 1],
  [typeCode.varchar]: ['varchar', 1],
  [typeCode.nchar]: ['nchar', 2],
  [typeCode.nvarchar]: ['nvarchar', 2],
  [typeCode.binary]: ['binary', 1],
  [typeCode.varbinary]: ['varbinary', 1],
};

const PARTS = 0xffff;
const MAX_BYTES = 8000;

function readStringType(code: number, reader: ByteReader, place: ParameterPlace): WireType {
  const known = strings[code];
  if (!known) throw unknownType(place.ordinal, place.name, code);
  const [name, unit] = known;
  const isLegacy = code < 0x80;
  const length = isLegacy ? reader.uint8() : reader.uint16();
  const isBinary = name === 'binary' || name === 'varbinary';
  const collation = isBinary || isLegacy ? undefined : reader.bytes(5);
  const utf8 = collation !== undefined && unit === 1 && isUtf8(collation);
  if (length === PARTS && !isLegacy) {
    if (!name.includes('var')) throw badLength(place, code);
    return wire({ name, length: 'max' }, 'parts', Number.POSITIVE_INFINITY, utf8);
  }
  if (length > MAX_BYTES || length % unit !== 0) throw badLength(place, code);
  const type = { name, length: Math.max(length / unit, 1) };
  return wire(type, isLegacy ? 'byte' : 'short', length, utf8);
}

function badLength({ ordinal, name }: ParameterPlace, code: number): SqlError {
  return badTypeLength(ordinal, name, code);
}

function wire(
  type: SqlType,
  lengthPrefix: WireType['lengthPrefix'],
  length: number,
  utf8 = false,
): WireType {
  return { type, lengthPrefix, length, isUtf8: utf8 };
}
