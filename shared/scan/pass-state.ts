// How a pass over a scope begins and ends in the checkpoint. Each is a change of the newest version, so it may be
// applied again after a lost race.
import { later, type Pass, prune, type ScopeState } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';

export interface ScanRules {
  /** How far the first run of a scope looks back. */
  readonly lookbackMs: number;
  /** How late ARM may list a resource. */
  readonly overlapMs: number;
}

/** Fixes where the first run begins before anything is listed, so that a failed first run loses nothing. */
export async function beginScope(
  key: string,
  { lookbackMs }: ScanRules,
  store: CheckpointStore,
): Promise<ScopeState> {
  const begin = (): ScopeState => {
    // "Now" is the storage service's clock, not ours.
    const since = new Date(Math.max(0, store.serverTime.getTime() - lookbackMs)).toISOString();
    return { since };
  };
  let state = store.checkpoint.scopes[key] ?? begin();
  await store.update((checkpoint) => {
    const known = checkpoint.scopes[key];
    if (known) {
      state = known;
      return checkpoint;
    }
    return { ...checkpoint, scopes: { ...checkpoint.scopes, [key]: state } };
  });
  return state;
}

/** Notes where the next run goes on. */
export async function noteCut(
  key: string,
  begun: ScopeState,
  pass: Pass,
  store: CheckpointStore,
): Promise<void> {
  await store.update((checkpoint) => {
    const state = checkpoint.scopes[key] ?? begun;
    // Another run has finished meanwhile: there is nothing left to go on with.
    if (state.watermark !== begun.watermark || isSame(state.pass, pass)) return checkpoint;
    return { ...checkpoint, scopes: { ...checkpoint.scopes, [key]: { ...state, pass } } };
  });
}

/** Moves the watermark to the newest createdTime of the pass or to its beginning, and forgets what can't be met again. */
export async function finishPass(
  key: string,
  pass: Pass,
  overlapMs: number,
  store: CheckpointStore,
): Promise<void> {
  await store.update((checkpoint) => {
    const known = checkpoint.scopes[key] ?? { since: pass.from };
    const { pass: noted, ...state } = known;
    const { begunAt, newest } = pass;
    const reached = newest !== undefined && newest > begunAt ? begunAt : newest;
    const watermark = later(state.watermark ?? '', reached ?? '');
    // A pass that another run began further back is not done with this one.
    const isOlder = noted !== undefined && noted.from < pass.from;
    if (watermark === (state.watermark ?? '') && (!noted || isOlder)) {
      return prune(checkpoint, overlapMs, store.serverTime);
    }
    const finished: ScopeState = {
      ...state,
      ...(watermark ? { watermark } : {}),
      ...(isOlder ? { pass: noted } : {}),
    };
    const scopes = { ...checkpoint.scopes, [key]: finished };
    return prune({ ...checkpoint, scopes }, overlapMs, store.serverTime);
  });
}

function isSame(a: Pass | undefined, b: Pass): boolean {
  return a?.from === b.from && a.newest === b.newest && a.nextPage === b.nextPage;
}
