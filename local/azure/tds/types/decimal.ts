// decimal, numeric, money and smallmoney [MS-TDS 2.2.5.5.1.6, 2.2.5.5.1.2].

/** Bytes of a value with its sign, by precision. */
export function decimalLength(precision: number): 5 | 9 | 13 | 17 {
  if (precision <= 9) return 5;
  if (precision <= 19) return 9;
  return precision <= 28 ? 13 : 17;
}

/** `-12.340` as so many units of the last digit; digits after `scale` are cut. Throws RangeError. */
export function toUnits(text: string, scale: number): bigint {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (!match || (!match[2] && !match[3])) throw new RangeError(`not a decimal: ${text}`);
  const [, sign, whole = '', fraction = ''] = match;
  const units = BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale));
  return sign === '-' ? -units : units;
}

/** The reverse, with all digits of the scale. */
export function fromUnits(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const sign = units < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Whether so many units have no more digits than the precision. */
export function fitsPrecision(units: bigint, precision: number): boolean {
  const magnitude = units < 0n ? -units : units;
  return magnitude < 10n ** BigInt(precision);
}

export const MONEY_SCALE = 4;
