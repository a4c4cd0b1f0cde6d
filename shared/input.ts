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
