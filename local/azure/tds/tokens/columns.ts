// COLMETADATA [MS-TDS 2.2.7.4].
import type { ByteWriter } from '../byte-writer.ts';
import type { Column } from '../sql-session.ts';
import { writeType } from '../types/write-type.ts';
import { token } from './token.ts';

const flag = { nullable: 0x01, maybeUpdatable: 0x08, identity: 0x10 } as const;
const NO_USER_TYPE = 0;

export function writeColumns(writer: ByteWriter, columns: readonly Column[]): void {
  writer.uint8(token.columnMetadata).uint16(columns.length);
  for (const { name, type, nullable, identity } of columns) {
    const isNullable = nullable ? flag.nullable : 0;
    const isIdentity = identity ? flag.identity : 0;
    writer.uint32(NO_USER_TYPE).uint16(isNullable | flag.maybeUpdatable | isIdentity);
    writeType(writer, type, nullable);
    writer.shortText(name);
  }
}
