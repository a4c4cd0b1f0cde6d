// The six promises that the app keeps under every fault, each checked in one place:
// (1) each resource that is created is reported exactly once, (2) no watermark passes one that was not reported,
// (3) an HTTP function ends in time, (4) with one code, target and next step, (5) work flows within 5 s after the
// fault, (6) no secret or token in any output.
import assert from 'node:assert/strict';
import type { ErrorCode, Target } from '../../shared/errors.ts';
import type { Checkpoint } from '../../shared/scan/checkpoint.ts';
import { eventIdOf, type Finding } from '../../shared/scan/finding.ts';

/** (3) How long an HTTP function may take, whatever is silent behind it. */
export const limitsMs = { function: 10_000, diagnose: 15_000 } as const;
/** (5) */
export const RECOVERY_MS = 5_000;

export interface CreatedResource {
  readonly id: string;
  /** ISO 8601, as ARM keeps it. */
  readonly createdTime: string;
}

/** (1) `published`: what was handed on, in order; `created`: what there is, by the embedded Azure itself. */
export function assertReportedOnce(
  created: readonly CreatedResource[],
  published: readonly Finding[],
): void {
  const eventIds = published.map(({ eventId }) => eventId);
  assert.deepEqual(eventIds.toSorted(), created.map(eventOf).toSorted(), 'each exactly once');
}

/** (1) Where a run has died: each at least once, and nothing else. */
export function assertReported(
  created: readonly CreatedResource[],
  published: readonly Finding[],
): void {
  const eventIds = new Set(published.map(({ eventId }) => eventId));
  assert.deepEqual([...eventIds].toSorted(), created.map(eventOf).toSorted(), 'each, no other');
}

/**
 * (2) For a checkpoint that is about to be written. What it holds as a claim is not lost: whoever comes next hands
 * it on. `overlapMs`: how late ARM may list a resource in this test; the next pass begins so much before the watermark.
 */
export function assertWatermarkHonest(
  text: string,
  created: readonly CreatedResource[],
  published: readonly Finding[],
  overlapMs = 0,
): void {
  const { scopes, claims } = JSON.parse(text) as Checkpoint;
  const known = new Set(
    [...published, ...claims.flatMap(({ findings }) => findings)].map(({ eventId }) => eventId),
  );
  for (const [scope, { watermark }] of Object.entries(scopes)) {
    if (watermark === undefined) continue;
    const boundMs = Date.parse(watermark) - overlapMs;
    const passed = created.filter(
      (resource) =>
        resource.id.toLowerCase().startsWith(`${scope}/`) &&
        Date.parse(resource.createdTime) < boundMs &&
        !known.has(eventOf(resource)),
    );
    assert.deepEqual(passed, [], `the watermark ${watermark} passes what nobody has reported`);
  }
}

function eventOf({ id, createdTime }: CreatedResource): string {
  return eventIdOf(id, new Date(createdTime).toISOString());
}

const CODES: Readonly<Record<ErrorCode, true>> = {
  CONFIG_INVALID: true,
  IDENTITY_UNAVAILABLE: true,
  ACCESS_DENIED: true,
  NOT_FOUND: true,
  INPUT_INVALID: true,
  TARGET_UNAVAILABLE: true,
  THROTTLED: true,
  UNEXPECTED: true,
};

/** What a failure says of itself, wherever it is shown. */
export interface Problem {
  readonly code: ErrorCode;
  readonly target?: Target;
  readonly message: string;
  readonly nextStep: string;
}

/** (4) One known code and two whole sentences; what the app does not know of itself is no answer. */
export function assertProblem(value: unknown, expected?: ErrorCode): asserts value is Problem {
  const { code, message, nextStep } = value as Problem;
  const shown = JSON.stringify(value);
  assert.ok(Object.hasOwn(CODES, code), `no code: ${shown}`);
  for (const sentence of [message, nextStep]) {
    assert.match(sentence, /^\S.{8,}\.$/s, `no sentence: ${shown}`);
    assert.doesNotMatch(sentence, /undefined|\[object |NaN/, shown);
  }
  if (expected !== undefined) assert.equal(code, expected, shown);
}

/** (6) Neither a canary nor 16 characters of one. */
export function assertNoSecret(outputs: readonly string[], canaries: readonly string[]): void {
  const text = outputs.join('\n');
  assert.ok(canaries.length > 0 && canaries.every(({ length }) => length >= 16), 'real canaries');
  for (const canary of canaries) {
    for (let at = 0; at + 16 <= canary.length; at++) {
      const piece = canary.slice(at, at + 16);
      assert.ok(!text.includes(piece), `an output holds a secret from its character ${at} on`);
    }
  }
}
