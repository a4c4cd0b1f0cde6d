import { inputInvalid, readCount } from '../input.ts';
import { openPlace, sealPlace } from '../sealed-place.ts';

/** What listIdentities is asked for. */
export interface IdentitiesQuery {
  readonly top: number;
  /** Key of the last identity of the page before. */
  readonly after?: string;
}

export const identitiesParameters = ['top', 'cursor'] as const;

const DEFAULT_TOP = 50;
const LARGEST_TOP = 500;
/** Azure's ids are much shorter. */
const LONGEST_CURSOR = 4_096;
/** A cursor holds in this list alone. */
const LIST = 'identities 1';

/** Throws INPUT_INVALID that names the parameter. Their names must be checked already. */
export function readIdentitiesQuery(query: Pick<URLSearchParams, 'get'>): IdentitiesQuery {
  const top = readCount('top', query.get('top'), { fallback: DEFAULT_TOP, largest: LARGEST_TOP });
  const cursor = query.get('cursor');
  if (cursor === null) return { top };
  const place = cursor.length <= LONGEST_CURSOR ? openPlace(cursor, LIST) : undefined;
  if (!place) throw inputInvalid('cursor', 'must be that of the page before');
  return { top, after: place.toString() };
}

/** `key`: of the last identity of a page. */
export function writeCursor(key: string): string {
  return sealPlace(Buffer.from(key), LIST);
}
