import { formatDateTime } from './functions/format-date-time.ts';
import { invalidTemplate } from './invalid-template.ts';

/** Ticks of 100 ns, .NET's unit of time. */
const TICKS_PER_MILLISECOND = 10_000n;

/**
 * A moment as utcNow(format) writes it: any of .NET's formats, `yyyyMMddTHHmmssZ` without one.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-date#utcnow
 *
 * @throws ServiceError 400 `InvalidTemplate`
 */
export function formatUtc(milliseconds: number, format = 'yyyyMMddTHHmmssZ'): string {
  const ticks = BigInt(Math.trunc(milliseconds)) * TICKS_PER_MILLISECOND;
  const text = formatDateTime({ ticks, offsetMinutes: 0 }, format);
  if (text !== undefined) return text;
  // Pretend: Azure's own words for a bad format of utcNow() are not recorded.
  throw invalidTemplate(`'${format}' is not a valid DateTime format string`);
}
