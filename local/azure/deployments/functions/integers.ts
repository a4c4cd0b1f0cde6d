import { refuse } from './refusal.ts';

const INT64_MAXIMUM = 2n ** 63n - 1n;
const INT64_MINIMUM = -(2n ** 63n);

export function isInt64(value: bigint): boolean {
  return value >= INT64_MINIMUM && value <= INT64_MAXIMUM;
}

/**
 * ARM's integers have 64 bits, a JSON number here is exact up to 2^53. What lies between is refused, never rounded.
 *
 * @throws ServiceError 400 `InvalidTemplate`
 */
export function toExactNumber(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
  // Pretend: ARM computes with it.
  throw refuse(
    `The integer '${value}' is beyond 9007199254740991, the largest that the embedded Azure keeps exact.`,
  );
}

/**
 * A decimal integer with an optional sign; undefined if the text is none, or is none of 64 bits.
 *
 * @throws ServiceError 400 `InvalidTemplate` beyond 2^53
 */
export function parseInt64(text: string): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  // A hostile text of a million digits isn't worth a bigint.
  const digits = text.replace(/^[+-]?0*/, '');
  if (digits.length > 19) return undefined;
  const magnitude = BigInt(digits || '0');
  const value = text.startsWith('-') ? -magnitude : magnitude;
  return isInt64(value) ? toExactNumber(value) : undefined;
}
