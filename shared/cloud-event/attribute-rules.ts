// The types of CloudEvents attributes: https://github.com/cloudevents/spec, tag v1.0.2, type system

/** Ours: an ARM id has a little less. It keeps the message properties far below Azure's 64 KB. */
const LONGEST = 2_048;

/** Control characters, lone surrogates and noncharacters, which the type String excludes. */
const EXCLUDED = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

export function isText(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= LONGEST &&
    !EXCLUDED.test(value)
  );
}

/** [RFC 3986 2] */
const URI_CHARACTERS = /^(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/;

export function isUriReference(value: unknown): boolean {
  return isText(value) && URI_CHARACTERS.test(value);
}

export function isUri(value: unknown): boolean {
  return isText(value) && /^[A-Za-z][A-Za-z0-9+.-]*:./.test(value) && URI_CHARACTERS.test(value);
}

/** [RFC 2045 5.1] */
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}(?:\\s*;.*)?$`);

export function isMediaType(value: unknown): boolean {
  return isText(value) && MEDIA_TYPE.test(value);
}

export function isBase64(value: unknown): boolean {
  return (
    typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)
  );
}

const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|[+-](\d\d):(\d\d))$/i;

/** [RFC 3339 5.6] */
export function isTimestamp(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const parts = TIMESTAMP.exec(value)?.slice(1);
  if (!parts) return false;
  const [year, month, day, hour, minute, second, offsetHour, offsetMinute] = parts.map((part) =>
    Number(part ?? 0),
  ) as [number, number, number, number, number, number, number, number];
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  const isTime = hour <= 23 && minute <= 59 && second <= 60; // a leap second
  return isDate && isTime && offsetHour <= 23 && offsetMinute <= 59;
}

function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}

/** What is wrong with an attribute that the specification does not define; undefined: nothing. */
export function expectedOfExtension(name: string, value: unknown): string | undefined {
  if (!/^[a-z0-9]{1,64}$/.test(name)) {
    return 'is no attribute name: they have lower-case letters and digits only';
  }
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'number') {
    const isInteger = Number.isInteger(value) && Math.abs(value) <= 2 ** 31 - 1;
    return isInteger || value === -(2 ** 31) ? undefined : 'must be a whole number of 32 bits';
  }
  return isText(value) || value === ''
    ? undefined
    : 'must be a text of up to 2,048 characters, a whole number or a truth value';
}
