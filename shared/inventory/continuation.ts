// Where the next page of a list begins. It is a place and no right: whoever makes one up sees what the list shows
// anyway, so it is checked against damage and against another filter, not against malice.
import { createHash, timingSafeEqual } from 'node:crypto';
import { inputInvalid } from '../input.ts';

/** The last row of a page. */
export interface Place {
  /** 100 ns since 1970. */
  readonly createdAtTicks: bigint;
  /** GUID in lower case. */
  readonly eventId: string;
}

const VERSION = 1;
const PLACE_BYTES = 1 + 8 + 16;
const CHECK_BYTES = 12;

/** `filter`: what the list was asked for, in words of its own. */
export function writeContinuation({ createdAtTicks, eventId }: Place, filter: string): string {
  const place = Buffer.alloc(PLACE_BYTES);
  place.writeUInt8(VERSION, 0);
  place.writeBigInt64BE(createdAtTicks, 1);
  place.write(eventId.replaceAll('-', ''), 9, 'hex');
  return Buffer.concat([place, checkOf(place, filter)]).toString('base64url');
}

/** Throws INPUT_INVALID for what `writeContinuation` has not written for this filter. */
export function readContinuation(text: string, filter: string): Place {
  const bytes = Buffer.from(text, 'base64url');
  const isWhole =
    bytes.length === PLACE_BYTES + CHECK_BYTES &&
    bytes.toString('base64url') === text &&
    bytes[0] === VERSION;
  const place = bytes.subarray(0, PLACE_BYTES);
  if (!isWhole || !timingSafeEqual(bytes.subarray(PLACE_BYTES), checkOf(place, filter))) {
    throw inputInvalid('continuation', 'must be that of the page before, with the same filter');
  }
  const eventId = place.toString('hex', 9).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { createdAtTicks: place.readBigInt64BE(1), eventId };
}

function checkOf(place: Buffer, filter: string): Buffer {
  return createHash('sha256').update(place).update(filter).digest().subarray(0, CHECK_BYTES);
}
