import { AppError } from './errors.ts';

/** A 400 that names the field. What was sent is not repeated. */
export function inputInvalid(field: string, expected: string): AppError {
  return new AppError({
    code: 'INPUT_INVALID',
    target: 'request',
    message: `${field} ${expected}.`,
    nextStep: `Correct ${field} and send the request again.`,
  });
}

/** What the host and its proxies put into a query: the function key. */
const HOSTS_OWN = new Set(['code']);

/**
 * Throws INPUT_INVALID for a query parameter that the function does not have, and for one that comes twice. `url`: the
 * request's own, for the runtime's collection joins names that differ in case, and loses `__proto__`.
 */
export function assertKnownQuery(url: string, known: readonly string[]): void {
  const allowed = known.length > 0 ? `may be ${known.join(', ')}` : 'takes none';
  const met = new Set<string>();
  for (const name of new URL(url).searchParams.keys()) {
    if (HOSTS_OWN.has(name)) continue;
    if (met.has(name)) throw inputInvalid(name, 'must not come twice');
    if (known.includes(name)) {
      met.add(name);
      continue;
    }
    const shown = name.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, 64);
    throw inputInvalid(`The query parameter "${shown}"`, `is not known: this function ${allowed}`);
  }
}

/** A query parameter that is a whole number from 1 to `largest`; `text` null: it is absent. Throws INPUT_INVALID. */
export function readCount(
  field: string,
  text: string | null,
  { fallback, largest }: { readonly fallback: number; readonly largest: number },
): number {
  if (text === null) return fallback;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > largest) {
    throw inputInvalid(field, `must be a whole number from 1 to ${largest}`);
  }
  return count;
}

/** Throws INPUT_INVALID for what is no GUID of 32 digits and 4 dashes; gives it in lower case. */
export function readGuid(field: string, text: string | undefined): string {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text ?? '')) {
    throw inputInvalid(field, 'must be a GUID of 32 digits and 4 dashes');
  }
  return (text ?? '').toLowerCase();
}
