// What char and varchar can hold: code page 1252.
import { decodeCodePage1252, encodeCodePage1252 } from '../../tds/types/code-page-1252.ts';

const LATIN = /^[\0-\x7f\xa0-\xff]*$/;

/**
 * The text as the code page can hold it.
 * Pretend: all that it lacks becomes `?`; SQL Server takes a similar character for some.
 */
export function inCodePage(text: string): string {
  return LATIN.test(text) ? text : decodeCodePage1252(encodeCodePage1252(text));
}
