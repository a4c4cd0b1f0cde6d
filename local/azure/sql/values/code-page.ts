// Windows-1252, the code page of SQL_Latin1_General_CP1_CI_AS: what char and varchar can hold.

/** The characters of 0x80 to 0x9F; the five that are not used stay what they are. */
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const LATIN = /^[\0-\x7f\xa0-\xff]*$/;

/**
 * The text as the code page can hold it.
 * Pretend: all that it lacks becomes `?`; SQL Server takes a similar character for some.
 */
export function inCodePage(text: string): string {
  if (LATIN.test(text)) return text;
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    result += LATIN.test(character) || HIGH.includes(character) ? character : '?';
  }
  return result;
}

export function codePageBytes(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < text.length; at++) {
    const high = HIGH.indexOf(text.charAt(at));
    if (high >= 0) bytes[at] = 0x80 + high;
  }
  return bytes;
}

export function textOfCodePage(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (character) => HIGH.charAt(character.charCodeAt(0) - 0x80));
}
