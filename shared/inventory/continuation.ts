// Where the next page of the inventory begins.
import { inputInvalid } from '../input.ts';
import { openPlace, sealPlace } from '../sealed-place.ts';

/** The last row of a page. */
export interface Place {
  /** 100 ns since 1970. */
  readonly createdAtTicks: bigint;
  /** GUID in lower case. */
  readonly eventId: string;
}

const VERSION = 1;
const PLACE_BYTES = 1 + 8 + 16;

/** `filter`: what the list was asked for, in words of its own. */
export function writeContinuation({ createdAtTicks, eventId }: Place, filter: string): string {
  const place = Buffer.alloc(PLACE_BYTES);
  place.writeUInt8(VERSION, 0);
  place.writeBigInt64BE(createdAtTicks, 1);
  place.write(eventId.replaceAll('-', ''), 9, 'hex');
  return sealPlace(place, filter);
}

/** Throws INPUT_INVALID for what `writeContinuation` has not written for this filter. */
export function readContinuation(text: string, filter: string): Place {
  const place = openPlace(text, filter);
  if (place?.length !== PLACE_BYTES || place[0] !== VERSION) {
    throw inputInvalid('continuation', 'must be that of the page before, with the same filter');
  }
  const eventId = place.toString('hex', 9).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { createdAtTicks: place.readBigInt64BE(1), eventId };
}
