import { assertKnown } from '../expression/deferred.ts';

/** .NET's text of a simple value: booleans are `True` and `False`. */
export function toText(value: unknown): string {
  assertKnown(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Object.is(value, -0) ? '0' : numberToText(value);
  return String(value);
}

/** .NET's shortest round-trip form: exponents from 1E+15 and 1E-05 on. */
function numberToText(value: number): string {
  const magnitude = Math.abs(value);
  const isPlain = Number.isSafeInteger(value) || (magnitude >= 1e-4 && magnitude < 1e15);
  if (isPlain) return String(value);
  const [digits, exponent = '0'] = value.toExponential().split('e');
  const sign = exponent.startsWith('-') ? '-' : '+';
  return `${digits}E${sign}${exponent.replace(/^[+-]/, '').padStart(2, '0')}`;
}
