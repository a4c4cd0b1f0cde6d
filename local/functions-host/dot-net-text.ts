// .NET's way to write values, which the app sees in `context.triggerMetadata`: the real host is .NET.

/** `DateTimeOffset.MaxValue`, for a message that never expires. */
export const MAX_DATE = '9999-12-31T23:59:59.9999999';
const MAX_DATE_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A point of time as Json.NET writes a DateTime without a zone: no `Z`, no needless zeros.
 * Beyond .NET's calendar it is MAX_DATE, without a time `0001-01-01T00:00:00`.
 */
export function formatDateTime(time: Date | undefined): string {
  if (time === undefined) return '0001-01-01T00:00:00';
  if (!(time.getTime() < MAX_DATE_MS)) return MAX_DATE;
  return time
    .toISOString()
    .slice(0, -1)
    .replace(/\.?0+$/, '');
}

/** The same as a DateTimeOffset in UTC. */
export const formatDateTimeOffset = (time: Date | undefined): string =>
  `${formatDateTime(time)}+00:00`;

/** ISO 8601 as Json.NET recognises a date in a string (DateTimeUtils.TryParseDateTime). */
const ISO_DATE =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,7}\d*)?(Z|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * What `(string)JToken` makes of a JSON value that is neither object, array nor null: `True`, and
 * `11/25/2026 13:45:00` of a string that holds an ISO date (azure-functions-host, Utility.ConvertPropertyValue).
 */
export function toDotNetString(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return numberText(value);
  const date = ISO_DATE.exec(value);
  return date ? dateText(value, date) : value;
}

/** `1E+21`, `1E-07`: .NET has two digits in the exponent. */
function numberText(value: number): string {
  return String(value).replace(
    /e([+-])(\d+)$/,
    (_, sign: string, digits: string) => `E${sign}${digits.padStart(2, '0')}`,
  );
}

function dateText(
  text: string,
  [, year, month, day, hour, minute, second, zone]: RegExpExecArray,
): string {
  if (zone === undefined || zone === 'Z') {
    const isDate = !Number.isNaN(
      Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`),
    );
    return isDate ? `${month}/${day}/${year} ${hour}:${minute}:${second}` : text;
  }
  // Azure: a time with an offset becomes the host's local time, UTC there (azure-functions-host, src/WebJobs.Script/Utility.cs).
  const time = new Date(
    text.replace(/([+-]\d{2}):?(\d{2})?$/, (_, hours, minutes = '00') => `${hours}:${minutes}`),
  );
  if (Number.isNaN(time.getTime())) return text;
  const [localDate = '', localTime = ''] = time.toISOString().slice(0, 19).split('T');
  const [localYear, localMonth, localDay] = localDate.split('-');
  return `${localMonth}/${localDay}/${localYear} ${localTime}`;
}
