// ERROR and INFO [MS-TDS 2.2.7.10, 2.2.7.13].
import type { ByteWriter } from '../byte-writer.ts';
import type { SqlMessage } from '../sql-error.ts';
import { token } from './token.ts';

/** SQL Server's own limit of a message, in characters. */
const MAX_MESSAGE_LENGTH = 2047;

export function writeServerMessage(
  writer: ByteWriter,
  kind: 'error' | 'info',
  { number, state, class: severity, message, line = 1, procedure = '' }: SqlMessage,
  serverName: string,
): void {
  writer.uint8(token[kind]).counted16(() => {
    writer.int32(number).uint8(state).uint8(severity);
    writer.longText(message.slice(0, MAX_MESSAGE_LENGTH));
    writer.shortText(serverName).shortText(procedure).uint32(line);
  });
}
