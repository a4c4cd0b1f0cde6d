// uniqueidentifier [MS-TDS 2.2.5.5.1 GUIDTYPE]: the first three groups little-endian, the others as written.

const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;
const DASHES_BEFORE: ReadonlySet<number> = new Set([4, 6, 8, 10]);
const HEX = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0').toUpperCase(),
);

/** `text`: 32 hex digits with dashes. Returns 16 bytes. */
export function encodeUuid(text: string): Buffer {
  const plain = Buffer.from(text.replaceAll('-', ''), 'hex');
  if (plain.length !== 16) throw new RangeError('not a uniqueidentifier');
  return reorder(plain);
}

/** Upper-case text with dashes. */
export function decodeUuid(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < ORDER.length; index++) {
    if (DASHES_BEFORE.has(index)) text += '-';
    text += HEX[bytes[ORDER[index] ?? 0] ?? 0];
  }
  return text;
}

function reorder(bytes: Uint8Array): Buffer {
  return Buffer.from(ORDER.map((from) => bytes[from] ?? 0));
}
