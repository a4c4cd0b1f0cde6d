// Types of one size [MS-TDS 2.2.5.4.1]: a column that is not nullable has them without a length before each value.
import type { ByteWriter } from '../byte-writer.ts';
import type { SqlType, SqlValue } from '../sql-type.ts';
import { asText } from './as-text.ts';
import { DAYS_TO_1900, parseDate, parseTime } from './calendar.ts';
import { MONEY_SCALE, toUnits } from './decimal.ts';
import { typeCode } from './type-code.ts';

export interface FixedType {
  /** Of the type itself, and of its nullable form. */
  readonly code: number;
  readonly nullableCode: number;
  /** In bytes. */
  readonly length: number;
  write(writer: ByteWriter, value: SqlValue): void;
}

const TIME_AT = 'yyyy-mm-dd '.length;
const LAST_THREE_HUNDREDTH = 25_919_999;

const fixedTypes: Partial<Readonly<Record<SqlType['name'], FixedType>>> = {
  bit: {
    code: typeCode.bit,
    nullableCode: typeCode.bitN,
    length: 1,
    write: (writer, value) => writer.uint8(Number(value)),
  },
  tinyint: {
    code: typeCode.int1,
    nullableCode: typeCode.intN,
    length: 1,
    write: (writer, value) => writer.uint8(Number(value)),
  },
  smallint: {
    code: typeCode.int2,
    nullableCode: typeCode.intN,
    length: 2,
    write: (writer, value) => writer.int16(Number(value)),
  },
  int: {
    code: typeCode.int4,
    nullableCode: typeCode.intN,
    length: 4,
    write: (writer, value) => writer.int32(Number(value)),
  },
  bigint: {
    code: typeCode.int8,
    nullableCode: typeCode.intN,
    length: 8,
    write: (writer, value) => writer.int64(BigInt(value as bigint | number)),
  },
  real: {
    code: typeCode.float4,
    nullableCode: typeCode.floatN,
    length: 4,
    write: (writer, value) => writer.float(Number(value)),
  },
  float: {
    code: typeCode.float8,
    nullableCode: typeCode.floatN,
    length: 8,
    write: (writer, value) => writer.double(Number(value)),
  },
  smallmoney: {
    code: typeCode.money4,
    nullableCode: typeCode.moneyN,
    length: 4,
    write: (writer, value) => writer.int32(Number(toUnits(asText(value), MONEY_SCALE))),
  },
  money: {
    code: typeCode.money,
    nullableCode: typeCode.moneyN,
    length: 8,
    write(writer, value) {
      const units = toUnits(asText(value), MONEY_SCALE);
      writer.int32(Number(units >> 32n)).uint32(Number(units & 0xffff_ffffn));
    },
  },
  smalldatetime: {
    code: typeCode.datetime4,
    nullableCode: typeCode.datetimeN,
    length: 4,
    write(writer, value) {
      const text = asText(value);
      const minutes = Math.floor(parseTime(text, TIME_AT, 0) / 60);
      writer.uint16(parseDate(text) - DAYS_TO_1900).uint16(minutes);
    },
  },
  datetime: {
    code: typeCode.datetime,
    nullableCode: typeCode.datetimeN,
    length: 8,
    write(writer, value) {
      const text = asText(value);
      const rounded = Math.round(parseTime(text, TIME_AT, 3) * 0.3);
      writer.int32(parseDate(text) - DAYS_TO_1900);
      writer.uint32(Math.min(rounded, LAST_THREE_HUNDREDTH));
    },
  },
};

/** Undefined: the type has no form without a length. */
export function fixedTypeOf({ name }: SqlType): FixedType | undefined {
  return fixedTypes[name];
}
