// RETURNSTATUS and RETURNVALUE [MS-TDS 2.2.7.18, 2.2.7.19].
import type { ByteWriter } from '../byte-writer.ts';
import type { SqlType, SqlValue } from '../sql-type.ts';
import { writeType } from '../types/write-type.ts';
import { valueWriter } from '../types/write-value.ts';
import { token } from './token.ts';

export interface ReturnValue {
  /** Place among the parameters of the call as the client sent it, from 0. */
  readonly ordinal: number;
  readonly name: string;
  readonly type: SqlType;
  readonly value: SqlValue;
}

const IS_OUTPUT_PARAMETER = 0x01;
const NO_USER_TYPE = 0;
const NULLABLE = 0x01;

export function writeReturnValue(
  writer: ByteWriter,
  { ordinal, name, type, value }: ReturnValue,
): void {
  writer.uint8(token.returnValue).uint16(ordinal).shortText(name).uint8(IS_OUTPUT_PARAMETER);
  writer.uint32(NO_USER_TYPE).uint16(NULLABLE);
  writeType(writer, type);
  valueWriter(type)(writer, value);
}

export function writeReturnStatus(writer: ByteWriter, status: number): void {
  writer.uint8(token.returnStatus).int32(status);
}
