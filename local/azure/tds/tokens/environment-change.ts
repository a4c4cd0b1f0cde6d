// ENVCHANGE [MS-TDS 2.2.7.9].
import type { ByteWriter } from '../byte-writer.ts';
import type { EnvironmentChange } from '../sql-session.ts';
import { databaseCollation } from '../types/collation.ts';
import { token } from './token.ts';

const kind = {
  database: 1,
  language: 2,
  packetSize: 4,
  collation: 7,
  beginTransaction: 8,
  commitTransaction: 9,
  rollbackTransaction: 10,
  resetDone: 18,
} as const;

const NOTHING = Buffer.alloc(0);

export function writeEnvironmentChange(writer: ByteWriter, change: EnvironmentChange): void {
  if (change.kind === 'database') {
    writeTexts(writer, kind.database, change.to, change.from);
    return;
  }
  const isBegin = change.kind === 'beginTransaction';
  const id = descriptor(change.id);
  writeBytes(writer, kind[change.kind], isBegin ? id : NOTHING, isBegin ? NOTHING : id);
}

export function writeLanguage(writer: ByteWriter): void {
  writeTexts(writer, kind.language, 'us_english', '');
}

export function writePacketSize(writer: ByteWriter, size: number, before: number): void {
  writeTexts(writer, kind.packetSize, String(size), String(before));
}

export function writeCollation(writer: ByteWriter): void {
  writeBytes(writer, kind.collation, databaseCollation, NOTHING);
}

/** Answers RESETCONNECTION. */
export function writeResetDone(writer: ByteWriter): void {
  writeBytes(writer, kind.resetDone, NOTHING, NOTHING);
}

function writeTexts(writer: ByteWriter, type: number, to: string, from: string): void {
  writer.uint8(token.environmentChange);
  writer.counted16(() => writer.uint8(type).shortText(to).shortText(from));
}

function writeBytes(writer: ByteWriter, type: number, to: Buffer, from: Buffer): void {
  writer.uint8(token.environmentChange);
  writer.counted16(() => {
    writer.uint8(type).uint8(to.length).bytes(to).uint8(from.length).bytes(from);
  });
}

function descriptor(id: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, id));
  return bytes;
}
