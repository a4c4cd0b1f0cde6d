import { SqlError } from './sql-error.ts';

/** Bytes that are none of the protocol: the connection ends after the answer, as nothing behind them can be trusted. */
export class MalformedError extends SqlError {}

/** SQL Server's words (4002). */
export function malformed(): MalformedError {
  return new MalformedError(
    4002,
    'The incoming tabular data stream (TDS) protocol stream is incorrect. The stream ended unexpectedly.',
  );
}

/** The data of a message that must be of this type at this stage. Throws MalformedError 17809. */
export function expectType(type: number, expected: number, data: Buffer): Buffer {
  if (type === expected) return data;
  throw unexpectedType(type);
}

export function unexpectedType(type: number): MalformedError {
  return new MalformedError(17809, `A packet of type ${type} was not expected.`, 20);
}

/** A parameter whose value is none of its type (8023). The connection goes on: the message is read to its end. */
export function badValue(ordinal: number, name: string, typeName: string): SqlError {
  return new SqlError(
    8023,
    `${RPC_IS_WRONG} Parameter ${ordinal} ("${name}"): The supplied value is not a valid instance of data type ${typeName}. Check the source data for invalid values. An example of an invalid value is data of numeric type with scale greater than precision.`,
  );
}

/** A parameter whose type is described wrongly (8016). */
export function badTypeLength(ordinal: number, name: string, typeCode: number): SqlError {
  return new SqlError(
    8016,
    `${RPC_IS_WRONG} Parameter ${ordinal} ("${name}"): Data type 0x${hex(typeCode)} has an invalid data length or metadata length.`,
  );
}

/** A type that is none of the protocol (8009). */
export function unknownType(ordinal: number, name: string, typeCode: number): SqlError {
  return new SqlError(
    8009,
    `${RPC_IS_WRONG} Parameter ${ordinal} ("${name}"): Data type 0x${hex(typeCode)} is unknown.`,
  );
}

const RPC_IS_WRONG =
  'The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is incorrect.';

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(2, '0');
}
