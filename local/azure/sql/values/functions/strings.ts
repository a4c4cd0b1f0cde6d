import { createHash } from 'node:crypto';
import { SqlError } from '../../../tds/sql-error.ts';
import { decodeCodePage1252, encodeCodePage1252 } from '../../../tds/types/code-page-1252.ts';
import { likePattern, matches } from '../like-pattern.ts';
import { nameParts } from '../name-parts.ts';
import { ofFirst, type SqliteFunction, type SqliteValue, strict } from './sqlite-function.ts';

const text = (value: SqliteValue | undefined) => String(value ?? '');

function badLength(name: string): SqlError {
  return new SqlError(
    name === 'right' ? 536 : 537,
    `Invalid length parameter passed to the ${name} function.`,
    16,
    2,
  );
}

function substring(value: SqliteValue, start: SqliteValue, count: SqliteValue): SqliteValue {
  const [from, length] = [Number(start), Number(count)];
  if (length < 0) throw badLength('LEFT or SUBSTRING');
  const end = Math.max(0, from - 1 + length);
  const begin = Math.max(0, from - 1);
  if (value instanceof Uint8Array) return value.slice(begin, end);
  return String(value).slice(begin, end);
}

/** From 1; 0 where it is not. */
function find(sought: string, within: string, start: number, isExact: boolean): number {
  if (sought === '') return 0;
  const [needle, hay] = isExact ? [sought, within] : [sought.toUpperCase(), within.toUpperCase()];
  return hay.indexOf(needle, Math.max(0, start - 1)) + 1;
}

/** From 1, of the first place where the pattern begins; 0 where it is not. */
function patternIndex(isExact: boolean, pattern: string, within: string): number {
  if (!pattern.startsWith('%')) {
    return matches(likePattern(pattern, undefined, isExact), within) ? 1 : 0;
  }
  const rest = likePattern(pattern.replace(/^%+/, ''), undefined, isExact);
  for (let start = 0; start <= within.length; start++) {
    if (matches(rest, within.slice(start))) return start + 1;
  }
  return 0;
}

/** `flags`: 1 for case that counts, 2 for blanks at the end of the text that do not. */
function like(value: string, pattern: string, escapeText: string | undefined, flags: number) {
  if (escapeText !== undefined && escapeText.length !== 1) {
    throw new SqlError(
      506,
      `The invalid escape character "${escapeText}" was specified in a LIKE predicate.`,
    );
  }
  const compiled = likePattern(pattern, escapeText, (flags & 1) !== 0);
  return (
    matches(compiled, value) ||
    ((flags & 2) !== 0 && value.endsWith(' ') && matches(compiled, value.replace(/ +$/, '')))
  );
}

function replaceAll(isExact: boolean, within: string, sought: string, by: string): string {
  if (sought === '') return within;
  if (isExact) return within.replaceAll(sought, () => by);
  const escaped = sought.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return within.replace(new RegExp(escaped, 'giu'), () => by);
}

function stuff(value: string, start: number, count: number, by: SqliteValue): SqliteValue {
  if (start < 1 || count < 0 || start > value.length) return null;
  return value.slice(0, start - 1) + text(by) + value.slice(start - 1 + count);
}

/** Blanks, or any of the characters. */
function trimmer(isStart: boolean, isEnd: boolean) {
  return (value: SqliteValue, characters?: SqliteValue): SqliteValue => {
    const set = characters === undefined ? ' ' : text(characters);
    let [from, to] = [0, text(value).length];
    const source = text(value);
    while (isStart && from < to && set.includes(source.charAt(from))) from++;
    while (isEnd && to > from && set.includes(source.charAt(to - 1))) to--;
    return source.slice(from, to);
  };
}

function quoteName(name: string, quote = '['): string | null {
  if (name.length > 128) return null;
  const pairs: Readonly<Record<string, readonly [string, string]>> = {
    '[': ['[', ']'],
    ']': ['[', ']'],
    "'": ["'", "'"],
    '"': ['"', '"'],
    '(': ['(', ')'],
    ')': ['(', ')'],
    '{': ['{', '}'],
    '}': ['{', '}'],
    '<': ['<', '>'],
    '>': ['<', '>'],
    '`': ['`', '`'],
  };
  const pair = pairs[quote.charAt(0)];
  return pair ? `${pair[0]}${name.replaceAll(pair[1], pair[1] + pair[1])}${pair[1]}` : null;
}

function isJson(value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null;
  } catch {
    return false;
  }
}

/** Numbers as they are written: as numbers they would lose digits. */
function parseKeepingNumbers(document: string): unknown {
  // The third argument is newer than the types of the standard library.
  const asWritten = (_key: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? (context?.source ?? value) : value;
  return JSON.parse(document, asWritten as (key: string, value: unknown) => unknown);
}

/** Lax paths of names and indexes; what is no scalar is NULL. */
function jsonValue(document: string, path: string): SqliteValue {
  if (!isJson(document)) {
    throw new SqlError(
      13609,
      `JSON text is not properly formatted. Unexpected character '${document.charAt(0)}' is found at position 0.`,
    );
  }
  const steps = path.replace(/^\s*(lax\s+)?\$/i, '').match(/\.("[^"]*"|\w+)|\[\d+\]/g) ?? [];
  let value = parseKeepingNumbers(document);
  for (const step of steps) {
    const key = step.startsWith('[')
      ? Number(step.slice(1, -1))
      : step.slice(1).replace(/^"|"$/g, '');
    value = (value as Record<string | number, unknown> | undefined)?.[key];
  }
  if (value === null || value === undefined || typeof value === 'object') return null;
  return String(value);
}

function str(value: number, length = 10, decimals = 0): string {
  const shown = value.toFixed(Math.min(16, Math.max(0, decimals)));
  if (shown.length > length) {
    const whole = String(Math.round(value));
    return whole.length > length ? '*'.repeat(length) : shown.slice(0, length);
  }
  return shown.padStart(length);
}

const hashes: Readonly<Record<string, string>> = {
  SHA2_256: 'sha256',
  SHA2_512: 'sha512',
  SHA1: 'sha1',
  SHA: 'sha1',
  MD5: 'md5',
};

function parseName(name: string, part: number): SqliteValue {
  const parts = nameParts(name);
  return parts.length > 4 ? null : parts[parts.length - part] || null;
}

const number = (value: SqliteValue | undefined) => Number(value ?? 0);

export const stringFunctions: Readonly<Record<string, SqliteFunction>> = {
  t_like: (value, pattern, escapeCharacter, flags) => {
    if (value === null || pattern === null) return null;
    const escapeText = escapeCharacter === null ? undefined : text(escapeCharacter);
    return like(text(value), text(pattern), escapeText, Number(flags)) ? 1 : 0;
  },
  f_len: ofFirst((value) => text(value).replace(/ +$/, '').length),
  f_units: ofFirst((value) => text(value).length),
  f_substring: strict((value, start, count) =>
    substring(value as SqliteValue, start as SqliteValue, count as SqliteValue),
  ),
  f_charindex: strict((isExact, sought, within, start) =>
    find(text(sought), text(within), number(start), Number(isExact) === 1),
  ),
  f_patindex: strict((isExact, pattern, within) =>
    patternIndex(Number(isExact) === 1, text(pattern), text(within)),
  ),
  f_replace: strict((isExact, within, sought, by) =>
    replaceAll(Number(isExact) === 1, text(within), text(sought), text(by)),
  ),
  f_upper: ofFirst((value) => text(value).toUpperCase()),
  f_lower: ofFirst((value) => text(value).toLowerCase()),
  f_trim: strict((value) => trimmer(true, true)(value as SqliteValue)),
  f_ltrim: strict((value, set) => trimmer(true, false)(value as SqliteValue, set)),
  f_rtrim: strict((value, set) => trimmer(false, true)(value as SqliteValue, set)),
  f_reverse: ofFirst((value) => [...text(value)].reverse().join('')),
  f_left: strict((value, count) => {
    if (number(count) < 0) throw badLength('LEFT or SUBSTRING');
    return text(value).slice(0, number(count));
  }),
  f_right: strict((value, count) => {
    if (number(count) < 0) throw badLength('right');
    return number(count) === 0 ? '' : text(value).slice(-number(count));
  }),
  f_stuff: ofFirst((value, start, count, by) =>
    start === null || count === null
      ? null
      : stuff(text(value), number(start), number(count), by ?? null),
  ),
  f_replicate: strict((value, count) => {
    if (number(count) < 0) return null;
    const source = text(value);
    return source.repeat(
      source === '' ? 0 : Math.min(number(count), Math.ceil(8_000_000 / source.length)),
    );
  }),
  f_concat: (...values) => values.map(text).join(''),
  f_concat_ws: (separator, ...values) =>
    values
      .filter((value) => value !== null)
      .map(text)
      .join(text(separator)),
  f_translate: strict((value, from, to) => {
    const [source, target] = [text(from), text(to)];
    if (source.length !== target.length) {
      throw new SqlError(
        9828,
        'The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters.',
      );
    }
    return [...text(value)]
      .map((each) => (source.includes(each) ? target.charAt(source.indexOf(each)) : each))
      .join('');
  }),
  f_space: strict((count) =>
    number(count) < 0 ? null : ' '.repeat(Math.min(8_000, number(count))),
  ),
  f_ascii: ofFirst((value) => encodeCodePage1252(text(value))[0] ?? null),
  f_unicode: ofFirst((value) => text(value).codePointAt(0) ?? null),
  f_char: strict((code) =>
    number(code) < 0 || number(code) > 255 ? null : decodeCodePage1252(Uint8Array.of(number(code))),
  ),
  f_nchar: strict((code) =>
    number(code) < 0 || number(code) > 65_535 ? null : String.fromCharCode(number(code)),
  ),
  f_str: strict((value, length, decimals) =>
    str(number(value), length === undefined ? 10 : number(length), number(decimals)),
  ),
  f_quotename: ofFirst((name, quote) =>
    quote === null ? null : quoteName(text(name), quote === undefined ? '[' : text(quote)),
  ),
  f_isjson: ofFirst((value) => (isJson(text(value)) ? 1 : 0)),
  f_json_value: strict((document, path) => jsonValue(text(document), text(path))),
  f_hashbytes: (algorithm, value, isWide) => {
    if (value === null || value === undefined) return null;
    const bytes =
      value instanceof Uint8Array
        ? value
        : Number(isWide) === 1
          ? Buffer.from(text(value), 'utf16le')
          : encodeCodePage1252(text(value));
    return createHash(hashes[text(algorithm)] ?? 'sha256')
      .update(bytes)
      .digest();
  },
  f_parsename: strict((name, part) => parseName(text(name), number(part))),
  f_isnumeric: (value) =>
    value !== null && /^\s*[+-]?[$]?(\d[\d,]*\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text(value))
      ? 1
      : 0,
};
