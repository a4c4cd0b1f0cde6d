// What the scan remembers between runs. Times are ARM's createdTime, never our clock.
import type { Finding } from './finding.ts';

export const CHECKPOINT_BLOB = 'scan-checkpoint.json';
export const SCHEMA_VERSION = 1;

/** A walk over all pages of a scope that was cut, to be gone on with. */
export interface Pass {
  /** Only what was created at or after this time is looked at (ISO 8601). */
  readonly from: string;
  /**
   * The storage service's clock before its first page (ISO 8601). What was listed later may be missing on pages that
   * were read by then, so the watermark moves no further, however late the pass ends.
   */
  readonly begunAt: string;
  /** The newest createdTime met so far. */
  readonly newest?: string;
  readonly nextPage?: string;
}

export interface ScopeState {
  /** Where the first run began to look: nothing older is ever new. */
  readonly since: string;
  /** The newest createdTime of a finished pass, or its beginning: everything up to here was handed on, if ARM listed it. */
  readonly watermark?: string;
  readonly pass?: Pass;
  /** Where SCAN_FEED is resourceGraph. */
  readonly feed?: FeedState;
}

/** How far a scope was followed by Resource Graph's changes. Their times are Resource Graph's clock (ISO 8601). */
export interface FeedState {
  /** Everything that changed up to here was handed on or is left to the list, if the feed has shown it. */
  readonly watermark: string;
  /** When the last finished pass over the list began: the storage service's clock. */
  readonly listedAt: string;
  /** Changes not older than the overlap that are done with: key → time of change. */
  readonly done: Readonly<Record<string, string>>;
}

/** Findings that a run is handing on. If it dies, another run hands them on again. */
export interface Claim {
  readonly claimId: string;
  /** The storage service's clock (ISO 8601); absent: given up by its run. */
  readonly claimedAt?: string;
  readonly findings: readonly Finding[];
}

export interface Checkpoint {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** By scope in lower case. */
  readonly scopes: Readonly<Record<string, ScopeState>>;
  /** Event id → createdTime, for all that is younger than the oldest bound of a scope. */
  readonly seen: Readonly<Record<string, string>>;
  /** What `seen` holds from before one time goes at another, of the storage service's clock (ISO 8601). */
  readonly forget?: { readonly before: string; readonly at: string };
  readonly claims: readonly Claim[];
}

export const emptyCheckpoint: Checkpoint = {
  schemaVersion: SCHEMA_VERSION,
  scopes: {},
  seen: {},
  claims: [],
};

/**
 * The oldest createdTime that a new pass over the scope looks at: ARM may list a resource late, so the pass begins
 * `overlapMs` before the watermark.
 */
export function lowerBound(state: ScopeState, overlapMs: number): string {
  if (state.watermark === undefined) return state.since;
  return later(
    state.since,
    new Date(Math.max(0, Date.parse(state.watermark) - overlapMs)).toISOString(),
  );
}

/** No run lives longer. Those on their way look further back than a new one, so what they may meet stays in mind. */
const LONGEST_RUN_MS = 1_800_000;

/**
 * Forgets what no pass can meet again, `LONGEST_RUN_MS` after that is certain. Returns the same object if there is
 * nothing to forget.
 */
export function prune(checkpoint: Checkpoint, overlapMs: number, now: Date): Checkpoint {
  const { forget, ...rest } = checkpoint;
  if (forget && now.toISOString() < forget.at) return checkpoint;
  const entries = Object.entries(checkpoint.seen);
  const kept = entries.filter(([, createdTime]) => !forget || createdTime >= forget.before);
  const before = oldestBound(checkpoint, overlapMs);
  const isMore = kept.some(([, createdTime]) => createdTime < before);
  if (!forget && !isMore) return checkpoint;
  const at = new Date(now.getTime() + LONGEST_RUN_MS).toISOString();
  return { ...rest, seen: Object.fromEntries(kept), ...(isMore && { forget: { before, at } }) };
}

function oldestBound({ scopes }: Checkpoint, overlapMs: number): string {
  const bounds = Object.values(scopes).flatMap((state) => [
    lowerBound(state, overlapMs),
    ...(state.pass ? [state.pass.from] : []),
  ]);
  return bounds.toSorted()[0] ?? '';
}

/** Of two ISO 8601 times in UTC with milliseconds. */
export function later(a: string, b: string): string {
  return a > b ? a : b;
}

/** Of two such times. */
export function earlier(a: string, b: string): string {
  return later(a, b) === a ? b : a;
}
