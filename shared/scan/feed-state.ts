// What the scan remembers of the change feed, beside the watermark of the list. The two never move each other's: the
// list's must not pass what the feed alone has not shown.
import { type FeedState, later, type ScopeState } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';

/** Azure: Resource Graph keeps changes for 14 days. */
const FEED_KEEPS_MS = 14 * 86_400_000;

/** From which time of change on a scope is to be asked for: what came late is met again (ISO 8601). */
export function feedBound({ watermark }: FeedState, overlapMs: number): string {
  return before(watermark, overlapMs);
}

/** Whether the list has to be read: first of all, when its time has come, and when the feed has forgotten too much. */
export function isListDue(
  state: ScopeState | undefined,
  {
    now,
    reconcileMs,
    overlapMs,
  }: { readonly now: string; readonly reconcileMs: number; readonly overlapMs: number },
): boolean {
  if (!state?.feed || state.pass) return true;
  const { feed } = state;
  const isReconciliation = Date.parse(now) - Date.parse(feed.listedAt) >= reconcileMs;
  return isReconciliation || feedBound(feed, overlapMs) < before(now, FEED_KEEPS_MS);
}

/** Adds what a run has done; `watermark` and `listedAt` move forward only. */
export async function noteFeed(
  key: string,
  progress: Pick<FeedState, 'watermark' | 'done'> & Partial<Pick<FeedState, 'listedAt'>>,
  overlapMs: number,
  store: CheckpointStore,
): Promise<void> {
  await store.update((checkpoint) => {
    const state = checkpoint.scopes[key];
    const listedAt = later(state?.feed?.listedAt ?? '', progress.listedAt ?? '');
    // The first to note is a pass over the list.
    if (!state || listedAt === '') return checkpoint;
    const watermark = later(state.feed?.watermark ?? '', progress.watermark);
    const all = { ...state.feed?.done, ...progress.done };
    const kept = Object.entries(all).filter(([, time]) => time >= before(watermark, overlapMs));
    const feed: FeedState = { watermark, listedAt, done: Object.fromEntries(kept) };
    if (state.feed && isSame(state.feed, feed)) return checkpoint;
    return { ...checkpoint, scopes: { ...checkpoint.scopes, [key]: { ...state, feed } } };
  });
}

function isSame(a: FeedState, b: FeedState): boolean {
  const keys = Object.keys(b.done);
  return (
    a.watermark === b.watermark &&
    a.listedAt === b.listedAt &&
    keys.length === Object.keys(a.done).length &&
    keys.every((key) => a.done[key] !== undefined)
  );
}

function before(time: string, milliseconds: number): string {
  return new Date(Math.max(0, Date.parse(time) - milliseconds)).toISOString();
}
