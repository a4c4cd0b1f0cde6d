import type { ByteReader } from '../byte-reader.ts';
import { malformed } from '../malformed.ts';

/** ALL_HEADERS [MS-TDS 2.2.5.3]: transaction descriptor, notifications, trace activity. Checked and left behind. */
export function skipAllHeaders(reader: ByteReader): void {
  const total = reader.uint32();
  let left = total - 4;
  if (left < 0 || left > reader.remaining) throw malformed();
  while (left > 0) {
    const length = reader.uint32();
    if (length < 6 || length > left) throw malformed();
    reader.skip(length - 4);
    left -= length;
  }
}
