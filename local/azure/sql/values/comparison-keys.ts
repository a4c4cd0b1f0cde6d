// What values are equal and sorted by, where that is not the value itself.
import { exactKey } from './exact-number.ts';
import { utcKey } from './moments.ts';

/** Its upper case is its key. */
const PLAIN = /^[\x21-\x2e0-9A-Za-z]*(?: +[\x21-\x2e0-9A-Za-z]+)*$/;
const ASCII = /^[\0-\x7f]*$/;
const WIDE = /[\uff01-\uffef]+/g;
const KATAKANA = /[\u30a1-\u30f6]/g;

/**
 * Case does not count, accents do, nor do blanks at the end: SQL_Latin1_General_CP1_CI_AS. Full and half width are
 * one, as are the kinds of kana. It sorts as well: punctuation, digits, letters; a letter with an accent behind the
 * one without.
 * Pretend: punctuation sorts in the order of ASCII, what is no Latin letter by its code; Windows' tables are not here.
 */
export function foldText(text: string): string {
  if (PLAIN.test(text)) return text.toUpperCase();
  const trimmed = text.replace(/ +$/, '');
  if (ASCII.test(trimmed)) return punctuated(trimmed.toUpperCase());
  const full = trimmed
    .replace(WIDE, (wide) => wide.normalize('NFKC'))
    .replace(KATAKANA, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .normalize('NFC')
    .toUpperCase();
  const base = full.normalize('NFD').replace(/\p{Mn}/gu, '');
  return base === full ? punctuated(full) : `${punctuated(base)}\0${full}`;
}

/** The punctuation that ASCII has behind the digits sorts before them: each with a `/` in front. */
function punctuated(text: string): string {
  return text.replace(/[/:-@[-`{-~]/g, '/$&');
}

/** Case counts, blanks at the end do not. */
export function trimText(text: string): string {
  return text.replace(/ +$/, '');
}

export { exactKey, utcKey };

/** SQL Server sorts a uniqueidentifier by its last six bytes first: https://learn.microsoft.com/dotnet/api/system.data.sqltypes.sqlguid */
export function guidKey(guid: string): string {
  const bytes = (from: number) => guid.slice(from, from + 2);
  const little = (from: number, count: number) => {
    let text = '';
    for (let index = count - 1; index >= 0; index--) text += bytes(from + index * 2);
    return text;
  };
  return `${guid.slice(24)}${guid.slice(19, 23)}${little(14, 2)}${little(9, 2)}${little(0, 4)}`;
}

/** Zero bytes at the end do not count. https://dba.stackexchange.com/questions/48660 */
export function significantBytes(bytes: Uint8Array): Uint8Array {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  return bytes.subarray(0, length);
}
