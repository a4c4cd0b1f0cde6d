// t_convert, t_try_convert, t_store, and the keys of comparisons.
import { SqlError } from '../../../tds/sql-error.ts';
import type { SqlType, SqlValue } from '../../../tds/sql-type.ts';
import {
  exactKey,
  foldText,
  guidKey,
  significantBytes,
  trimText,
  utcKey,
} from '../comparison-keys.ts';
import { truncated } from '../conversion-errors.ts';
import { convert } from '../convert.ts';
import { lengthOf } from '../type-rules.ts';
import { typeOfText } from '../type-text.ts';
import { ofFirst, type SqliteFunction, type SqliteValue, strict } from './sqlite-function.ts';

interface Route {
  readonly from: SqlType;
  readonly to: SqlType;
}

const routes = new Map<string, Route>();

/** `int>nvarchar(30)`. */
function routeOf(text: string): Route {
  let route = routes.get(text);
  if (!route) {
    const [from = '', to = ''] = text.split('>');
    route = { from: typeOfText(from), to: typeOfText(to) };
    routes.set(text, route);
  }
  return route;
}

/** As `SqlValue` holds it. */
function heldValue(value: Exclude<SqliteValue, null>, { name }: SqlType): SqlValue {
  return typeof value === 'bigint' && name !== 'bigint' ? Number(value) : value;
}

function convertStored(
  value: SqliteValue,
  route: SqliteValue,
  style: SqliteValue | undefined,
): SqliteValue {
  if (value === null || style === null) return null;
  const { from, to } = routeOf(String(route));
  return convert(heldValue(value, from), from, to, style === undefined ? undefined : Number(style));
}

/** Blanks at the end may go. */
function storeText(
  value: SqliteValue,
  route: SqliteValue,
  table: SqliteValue,
  column: SqliteValue,
): SqliteValue {
  if (value === null) return null;
  const { from, to } = routeOf(String(route));
  const limit = Number(lengthOf(to));
  const isLong =
    typeof value === 'string' ? value.length > limit : (value as Uint8Array).length > limit;
  if (isLong) {
    if (typeof value === 'string') {
      if (/[^ ]/.test(value.slice(limit)))
        throw truncated(String(table), String(column), value.slice(0, limit));
    } else throw truncated(String(table), String(column), '');
  }
  return convert(value as SqlValue, from, to);
}

const tryConvert: SqliteFunction = (value, route, style) => {
  try {
    return convertStored(value ?? null, route ?? null, style);
  } catch (error) {
    if (error instanceof SqlError) return null;
    throw error;
  }
};

export const conversionFunctions: Readonly<Record<string, SqliteFunction>> = {
  t_convert: (value, route, style) => convertStored(value ?? null, route ?? null, style),
  t_try_convert: tryConvert,
  t_store: (value, route, table, column) =>
    storeText(value ?? null, route ?? null, table ?? null, column ?? null),
  t_fold: ofFirst((text) => (typeof text === 'string' ? foldText(text) : (text ?? null))),
  t_trim: ofFirst((text) => trimText(String(text))),
  t_exact: ofFirst((text) => exactKey(String(text))),
  t_bytes: ofFirst((bytes) => (bytes instanceof Uint8Array ? significantBytes(bytes) : bytes)),
  t_utc: ofFirst((text) => utcKey(String(text))),
  t_guid: ofFirst((text) => guidKey(String(text))),
  t_join: strict((a, b) => Buffer.concat([a as Uint8Array, b as Uint8Array])),
};
