import { ByteReader } from '../byte-reader.ts';
import { malformed } from '../malformed.ts';
import { skipAllHeaders } from './all-headers.ts';

/** SQLBatch [MS-TDS 2.2.6.7]. Throws MalformedError. */
export function readSqlBatch(data: Buffer): string {
  const reader = new ByteReader(data);
  skipAllHeaders(reader);
  if (reader.remaining % 2 !== 0) throw malformed();
  return reader.text(reader.remaining / 2);
}
