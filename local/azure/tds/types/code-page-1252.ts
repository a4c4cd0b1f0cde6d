// The code page of char and varchar in SQL_Latin1_General_CP1_CI_AS.

/** Unicode of the bytes 0x80 to 0x9F; all others are Latin-1's. The five holes keep their own value. */
const HIGH =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

const toByte = new Map(
  [...HIGH].map((character, index) => [character.charCodeAt(0), 0x80 + index]),
);

/** Text that the code page lacks becomes `?`, as in SQL Server. */
export function encodeCodePage1252(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isSame = code < 0x80 || (code >= 0xa0 && code <= 0xff);
    bytes[at] = isSame ? code : (toByte.get(code) ?? 0x3f);
  }
  return bytes;
}

export function decodeCodePage1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  return text.replace(/[\x80-\x9f]/g, (character) => HIGH[character.charCodeAt(0) - 0x80] ?? '');
}
