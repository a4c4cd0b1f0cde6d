// Where the next page of a list begins, as a caller carries it. It is a place and no right: whoever makes one up sees
// what the list shows anyway, so it is checked against damage and against another list, not against malice.
import { createHash, timingSafeEqual } from 'node:crypto';

const CHECK_BYTES = 12;

/** Base64url of the place and a check. `filter`: what the list was asked for, in words of its own. */
export function sealPlace(place: Buffer, filter: string): string {
  return Buffer.concat([place, checkOf(place, filter)]).toString('base64url');
}

/** Undefined for what `sealPlace` has not written for this filter. */
export function openPlace(text: string, filter: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < CHECK_BYTES || bytes.toString('base64url') !== text) return undefined;
  const place = bytes.subarray(0, -CHECK_BYTES);
  const isWhole = timingSafeEqual(bytes.subarray(-CHECK_BYTES), checkOf(place, filter));
  return isWhole ? place : undefined;
}

function checkOf(place: Buffer, filter: string): Buffer {
  return createHash('sha256').update(place).update(filter).digest().subarray(0, CHECK_BYTES);
}
