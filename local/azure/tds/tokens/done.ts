// DONE, DONEPROC, DONEINPROC [MS-TDS 2.2.7.6 to 2.2.7.8].
import type { ByteWriter } from '../byte-writer.ts';
import type { StatementKind } from '../sql-session.ts';
import { token } from './token.ts';

export const doneStatus = { more: 0x01, error: 0x02, count: 0x10, attention: 0x20 } as const;

export interface Done {
  readonly token: 'done' | 'doneProcedure' | 'doneInProcedure';
  readonly status: number;
  readonly command: StatementKind;
  readonly rowCount?: number | undefined;
}

const commands: Readonly<Record<StatementKind, number>> = {
  select: 0xc1,
  insert: 0xc3,
  delete: 0xc4,
  update: 0xc5,
  merge: 0x117,
  other: 0,
};

export function writeDone(writer: ByteWriter, done: Done): void {
  writer.uint8(token[done.token]).uint16(done.status).uint16(commands[done.command]);
  writer.uint64(BigInt(done.rowCount ?? 0));
}
