// What values are equal and sorted by, where that is not the value itself.
import { exactKey } from './exact-number.ts';
import { utcKey } from './moments.ts';

const PLAIN = /^[\x21-\x7e]*(?: +[\x21-\x7e]+)*$/;

/**
 * Case does not count, accents do, nor do blanks at the end: SQL_Latin1_General_CP1_CI_AS. Full and half width are
 * one, as are the kinds of kana.
 */
export function foldText(text: string): string {
  if (PLAIN.test(text)) return text.toUpperCase();
  return text.replace(/ +$/, '').normalize('NFC').toUpperCase();
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
