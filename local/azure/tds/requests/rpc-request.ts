// RPC request [MS-TDS 2.2.6.6].
import { ByteReader } from '../byte-reader.ts';
import { malformed } from '../malformed.ts';
import { notSupported } from '../packet.ts';
import { SqlError } from '../sql-error.ts';
import type { Parameter } from '../sql-session.ts';
import { readType } from '../types/read-type.ts';
import { readValue } from '../types/read-value.ts';
import { skipAllHeaders } from './all-headers.ts';

export interface RpcRequest {
  readonly procedure: string;
  readonly parameters: readonly Parameter[];
}

/** Well-known procedures by their ids. */
const procedureNames: Readonly<Record<number, string>> = {
  1: 'sp_cursor',
  2: 'sp_cursoropen',
  3: 'sp_cursorprepare',
  4: 'sp_cursorexecute',
  5: 'sp_cursorprepexec',
  6: 'sp_cursorunprepare',
  7: 'sp_cursorfetch',
  8: 'sp_cursoroption',
  9: 'sp_cursorclose',
  10: 'sp_executesql',
  11: 'sp_prepare',
  12: 'sp_execute',
  13: 'sp_prepexec',
  14: 'sp_prepexecrpc',
  15: 'sp_unprepare',
};

const BY_ID = 0xffff;
const MAX_NAME_LENGTH = 1046;
/** SQL Server's own limit of parameters in a call. */
const MAX_PARAMETERS = 2100;
const separator = { next: 0xff, nextWithoutExecution: 0xfe } as const;
const parameterFlag = { output: 0x01, usesDefault: 0x02, encrypted: 0x08 } as const;

/** The calls of one message, in order. Throws MalformedError, or SqlError for a parameter that cannot be taken. */
export function readRpcRequests(data: Buffer): RpcRequest[] {
  const reader = new ByteReader(data);
  skipAllHeaders(reader);
  const requests: RpcRequest[] = [];
  do {
    requests.push(readOne(reader));
    // One byte, BatchFlag or NoExecFlag, stands between two calls; it may also end the last.
    if (reader.remaining > 0) reader.skip(1);
  } while (reader.remaining > 0);
  return requests;
}

/** The name of the first call, for faults and the journal; undefined if it cannot be read. */
export function peekProcedure(data: Buffer): string | undefined {
  try {
    const reader = new ByteReader(data);
    skipAllHeaders(reader);
    return readProcedure(reader);
  } catch {
    return undefined;
  }
}

function readProcedure(reader: ByteReader): string {
  const length = reader.uint16();
  if (length === BY_ID) {
    const id = reader.uint16();
    return procedureNames[id] ?? String(id);
  }
  if (length === 0 || length > MAX_NAME_LENGTH) throw malformed();
  return reader.text(length);
}

function readOne(reader: ByteReader): RpcRequest {
  const procedure = readProcedure(reader);
  reader.skip(2); // OptionFlags: recompile, metadata to be left out. Nothing that changes the result.
  const parameters: Parameter[] = [];
  while (reader.remaining > 0 && !isSeparator(reader.peekUint8())) {
    if (parameters.length === MAX_PARAMETERS) {
      throw new SqlError(
        8003,
        `The incoming request has too many parameters. The server supports a maximum of ${MAX_PARAMETERS} parameters. Reduce the number of parameters and resend the request.`,
      );
    }
    parameters.push(readParameter(reader, parameters.length + 1));
  }
  return { procedure, parameters };
}

function isSeparator(byte: number | undefined): boolean {
  return byte === separator.next || byte === separator.nextWithoutExecution;
}

function readParameter(reader: ByteReader, ordinal: number): Parameter {
  const name = reader.shortText();
  const flags = reader.uint8();
  if (flags & parameterFlag.encrypted) throw new SqlError(40517, notSupported('Always Encrypted'));
  const place = { ordinal, name };
  const wire = readType(reader, place);
  const value = readValue(reader, wire, place);
  return {
    name,
    type: wire.type,
    value,
    isOutput: (flags & parameterFlag.output) !== 0,
    ...((flags & parameterFlag.usesDefault) !== 0 && { isDefault: true }),
  };
}
