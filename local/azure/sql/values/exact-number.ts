// Decimal text as whole units of its last digit; the way back is `fromUnits`.

/** Units of 10^-scale; what is finer is rounded half away from zero. `text`: `-12.345`. */
export function unitsOf(text: string, scale: number): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  if (fraction.length <= scale) return BigInt(whole + fraction.padEnd(scale, '0'));
  const units = BigInt(whole + fraction.slice(0, scale));
  if (fraction.charCodeAt(scale) - 48 < 5) return units;
  return text.startsWith('-') ? units - 1n : units + 1n;
}

/** Another scale; `truncate` instead of rounding. */
export function rescale(units: bigint, from: number, to: number, truncate = false): bigint {
  if (to >= from) return units * 10n ** BigInt(to - from);
  const divisor = 10n ** BigInt(from - to);
  const quotient = units / divisor;
  if (truncate) return quotient;
  const rest = units % divisor;
  if (2n * (rest < 0n ? -rest : rest) < divisor) return quotient;
  return units < 0n ? quotient - 1n : quotient + 1n;
}

/**
 * A text that sorts as the number does, whatever its scale: sign, whole part in 38 digits, fraction without its last
 * zeros; negative ones with each digit taken from 9, and a mark behind that is larger than any digit.
 */
export function exactKey(text: string): string {
  const isNegative = text.startsWith('-');
  const [whole = '0', fraction = ''] = (isNegative ? text.slice(1) : text).split('.');
  const significant = fraction.replace(/0+$/, '');
  const digits = whole.replace(/^0+(?=\d)/, '').padStart(38, '0') + significant;
  if (!isNegative || /^0*$/.test(digits)) return `1${digits}`;
  let complement = '';
  for (const digit of digits) complement += 57 - digit.charCodeAt(0);
  return `0${complement}~`;
}

/** Reads what SQL Server takes for an exact number in text: blanks around, a sign, digits, one point. */
export function exactOfText(text: string): string | undefined {
  const [, sign = '', whole = '', fraction = ''] =
    /^\s*([+-]?)\s*(\d*)\.?(\d*)\s*$/.exec(text) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const digits = whole.replace(/^0+(?=\d)/, '') || '0';
  return `${sign === '-' ? '-' : ''}${digits}${fraction === '' ? '' : `.${fraction}`}`;
}

/** A float as an exact text of at most 17 significant digits. */
export function exactOfFloat(value: number): string {
  const text = value.toPrecision(17);
  if (!text.includes('e')) return text;
  const [mantissa = '0', exponent = '0'] = text.split('e');
  return shiftPoint(mantissa, Number(exponent));
}

function shiftPoint(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '0', fraction = ''] = mantissa.replace('-', '').split('.');
  if (exponent >= 0) {
    const moved = fraction.padEnd(exponent, '0');
    const rest = moved.slice(exponent);
    return `${sign}${whole}${moved.slice(0, exponent)}${rest === '' ? '' : `.${rest}`}`;
  }
  return `${sign}0.${'0'.repeat(-exponent - 1)}${whole}${fraction}`;
}
