// TYPE_INFO of what the server sends [MS-TDS 2.2.5.6]. A fixed type has two forms; SqlClient goes by the column's
// nullable flag when it reads the values.
import type { ByteWriter } from '../byte-writer.ts';
import type { SqlType } from '../sql-type.ts';
import { databaseCollation } from './collation.ts';
import { decimalLength } from './decimal.ts';
import { fixedTypeOf } from './fixed-value.ts';
import { typeCode } from './type-code.ts';

const MAX_LENGTH = 0xffff;

export function writeType(writer: ByteWriter, type: SqlType, nullable = true): void {
  const fixed = fixedTypeOf(type);
  if (!fixed) writeVariableType(writer, type);
  else if (nullable) writer.uint8(fixed.nullableCode).uint8(fixed.length);
  else writer.uint8(fixed.code);
}

function writeVariableType(writer: ByteWriter, type: SqlType): void {
  switch (type.name) {
    case 'date':
      writer.uint8(typeCode.date);
      return;
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      writer.uint8(typeCode[type.name]).uint8(type.scale);
      return;
    case 'decimal':
      writer.uint8(typeCode.decimalN).uint8(decimalLength(type.precision));
      writer.uint8(type.precision).uint8(type.scale);
      return;
    case 'char':
    case 'varchar':
      writer.uint8(typeCode[type.name]).uint16(byteLength(type.length, 1)).bytes(databaseCollation);
      return;
    case 'nchar':
    case 'nvarchar':
      writer.uint8(typeCode[type.name]).uint16(byteLength(type.length, 2)).bytes(databaseCollation);
      return;
    case 'binary':
    case 'varbinary':
      writer.uint8(typeCode[type.name]).uint16(byteLength(type.length, 1));
      return;
    case 'uniqueidentifier':
      writer.uint8(typeCode.guid).uint8(16);
      return;
    default:
      throw new TypeError(`no type: ${type.name}`);
  }
}

/** A column of no length (`''`) is sent as one of length 1, as SQL Server has none of 0. */
function byteLength(length: number | 'max', unit: number): number {
  return length === 'max' ? MAX_LENGTH : Math.max(length, 1) * unit;
}
