import { isTimestamp } from '../cloud-event/attribute-rules.ts';
import { ticksOfText } from '../database/datetime2.ts';
import { inputInvalid, readCount } from '../input.ts';
import { type Place, readContinuation } from './continuation.ts';

/** What listResources is asked for. */
export interface ListQuery {
  readonly type?: string;
  /** 100 ns since 1970. */
  readonly createdAfterTicks?: bigint;
  readonly top: number;
  readonly after?: Place;
  /** Binds the continuation to this query. */
  readonly filter: string;
}

export const listParameters = ['type', 'createdAfter', 'top', 'continuation'] as const;

const DEFAULT_TOP = 50;
const LARGEST_TOP = 500;
const LONGEST_TYPE = 256;

/** Throws INPUT_INVALID that names the parameter. Their names must be checked already. */
export function readListQuery(query: Pick<URLSearchParams, 'get'>): ListQuery {
  const type = readType(query.get('type'));
  const createdAfterTicks = readTime(query.get('createdAfter'));
  const top = readCount('top', query.get('top'), { fallback: DEFAULT_TOP, largest: LARGEST_TOP });
  // Types are compared without case, as the database does.
  const filter = JSON.stringify([type?.toLowerCase() ?? null, String(createdAfterTicks ?? '')]);
  const continuation = query.get('continuation');
  return {
    ...(type !== undefined && { type }),
    ...(createdAfterTicks !== undefined && { createdAfterTicks }),
    top,
    ...(continuation !== null && { after: readContinuation(continuation, filter) }),
    filter,
  };
}

function readType(text: string | null): string | undefined {
  if (text === null) return undefined;
  const fits = text.length > 0 && text.length <= LONGEST_TYPE && !/[\p{Cc}\p{Cs}]/u.test(text);
  if (!fits) throw inputInvalid('type', 'must be a resource type of up to 256 characters');
  return text;
}

function readTime(text: string | null): bigint | undefined {
  if (text === null) return undefined;
  // A second of 60 is no time to a database.
  const fits = isTimestamp(text) && !text.startsWith('0000') && !/:60/.test(text);
  const ticks = fits ? ticksOfText(text) : undefined;
  if (ticks === undefined || ticks < EARLIEST || ticks > LATEST) {
    throw inputInvalid(
      'createdAfter',
      'must be a time with its zone, such as 2026-11-25T06:00:00Z',
    );
  }
  return ticks;
}

/** Of datetime2, whatever the zone made of the year. */
const EARLIEST = ticksOfText('0001-01-01T00:00:00Z');
const LATEST = ticksOfText('9999-12-31T23:59:59.9999999Z');
