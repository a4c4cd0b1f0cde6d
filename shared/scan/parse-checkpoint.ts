import { AppError } from '../errors.ts';
import { CHECKPOINT_BLOB, type Checkpoint, SCHEMA_VERSION } from './checkpoint.ts';

/** A watermark ahead of the storage service's clock by more than this was not written by a scan. */
const CLOCK_TOLERANCE_MS = 3_600_000;

/** Throws CONFIG_INVALID for anything that this version of the app has not written: it is never guessed around. */
export function parseCheckpoint(text: string, serverTime: Date): Checkpoint {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw corrupt('it is not JSON', cause);
  }
  const { schemaVersion, scopes, seen, forget, claims } = asRecord(value, 'it is not an object');
  if (schemaVersion !== SCHEMA_VERSION) {
    throw corrupt(`its schemaVersion is not ${SCHEMA_VERSION}`);
  }
  for (const state of Object.values(asRecord(scopes, 'it has no scopes'))) {
    assertScopeState(asRecord(state, 'a scope is not an object'), serverTime);
  }
  for (const time of Object.values(asRecord(seen, 'it has no seen'))) assertTime(time, 'seen');
  if (forget !== undefined) {
    const { before, at } = asRecord(forget, 'forget is not an object');
    assertTime(before, 'forget.before');
    assertTime(at, 'forget.at');
  }
  if (!Array.isArray(claims)) throw corrupt('it has no claims');
  for (const claim of claims) assertClaim(asRecord(claim, 'a claim is not an object'));
  return value as Checkpoint;
}

function assertScopeState(state: Record<string, unknown>, serverTime: Date): void {
  assertTime(state.since, 'since');
  if (state.watermark !== undefined) {
    const watermark = assertTime(state.watermark, 'watermark');
    if (Date.parse(watermark) > serverTime.getTime() + CLOCK_TOLERANCE_MS) {
      throw corrupt(`its watermark ${watermark} lies in the future`);
    }
  }
  if (state.feed !== undefined) assertFeedState(asRecord(state.feed, 'a feed is not an object'));
  if (state.pass === undefined) return;
  const pass = asRecord(state.pass, 'a pass is not an object');
  assertTime(pass.from, 'pass.from');
  assertTime(pass.begunAt, 'pass.begunAt');
  if (pass.newest !== undefined) assertTime(pass.newest, 'pass.newest');
  if (pass.nextPage !== undefined && typeof pass.nextPage !== 'string') {
    throw corrupt('pass.nextPage is not a text');
  }
}

function assertFeedState({ watermark, listedAt, done }: Record<string, unknown>): void {
  assertTime(watermark, 'feed.watermark');
  assertTime(listedAt, 'feed.listedAt');
  for (const time of Object.values(asRecord(done, 'a feed has no done'))) {
    assertTime(time, 'feed.done');
  }
}

function assertClaim({ claimId, claimedAt, findings }: Record<string, unknown>): void {
  if (typeof claimId !== 'string') throw corrupt('a claim has no claimId');
  if (claimedAt !== undefined) assertTime(claimedAt, 'claimedAt');
  if (!Array.isArray(findings)) throw corrupt('a claim has no findings');
  for (const finding of findings) {
    const { id, eventId, createdTime } = asRecord(finding, 'a finding is not an object');
    if (typeof id !== 'string' || typeof eventId !== 'string') throw corrupt('a finding has no id');
    assertTime(createdTime, 'createdTime');
  }
}

function asRecord(value: unknown, otherwise: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw corrupt(otherwise);
}

function assertTime(value: unknown, name: string): string {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) {
    if (!Number.isNaN(Date.parse(value))) return value;
  }
  throw corrupt(`${name} is not a UTC time`);
}

function corrupt(reason: string, cause?: unknown): AppError {
  return new AppError({
    code: 'CONFIG_INVALID',
    target: 'blobs',
    message: `The scan's checkpoint ${CHECKPOINT_BLOB} is not usable: ${reason}. Nothing was overwritten.`,
    nextStep:
      'Restore an earlier version of the blob, or delete it: the next scan then looks back by SCAN_LOOKBACK.',
    cause,
  });
}
