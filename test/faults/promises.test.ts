// The checks themselves: each can say no.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../../shared/scan/finding.ts';
import { toFinding } from '../../shared/scan/finding.ts';
import {
  assertNoSecret,
  assertProblem,
  assertReported,
  assertReportedOnce,
  assertWatermarkHonest,
} from './promises.ts';

const SCOPE = '/subscriptions/s/resourceGroups/rg';
const created = ['a', 'b'].map((name, index) => ({
  id: `${SCOPE}/providers/Microsoft.Network/publicIPAddresses/${name}`,
  createdTime: `2026-11-25T12:00:0${index}.0000000Z`,
}));
const [first, second] = created.map(
  ({ id, createdTime }) => toFinding({ id, createdTime: new Date(createdTime) }) as Finding,
) as [Finding, Finding];

function checkpoint(watermark: string, claimed: readonly Finding[] = []): string {
  return JSON.stringify({
    scopes: { [SCOPE.toLowerCase()]: { since: watermark, watermark } },
    claims: [{ claimId: 'c', findings: claimed }],
  });
}

describe('the promises', () => {
  it('(1) fail for a resource that is reported twice, not at all, or was never there', () => {
    assertReportedOnce(created, [second, first]);
    for (const published of [
      [first],
      [first, second, first],
      [first, second, { ...first, eventId: 'x' }],
    ]) {
      assert.throws(() => assertReportedOnce(created, published));
    }
    assertReported(created, [first, second, first]);
    assert.throws(() => assertReported(created, [first, first]));
  });

  it('(2) fail for a watermark that passes what is neither reported nor claimed', () => {
    const ahead = '2026-11-25T12:00:05.000Z';
    assertWatermarkHonest(checkpoint(ahead), created, [first, second]);
    assertWatermarkHonest(checkpoint(ahead, [second]), created, [first]);
    assertWatermarkHonest(checkpoint('2026-11-25T12:00:01.000Z'), created, [first]);
    assert.throws(() => assertWatermarkHonest(checkpoint(ahead), created, [first]));
    assertWatermarkHonest(checkpoint(ahead), created, [first], 60_000);
  });

  it('(4) fail for another code, an unknown one, an empty message and one that is no sentence', () => {
    const problem = { code: 'NOT_FOUND', message: 'It is not there.', nextStep: 'Look elsewhere.' };
    assertProblem(problem, 'NOT_FOUND');
    assert.throws(() => assertProblem(problem, 'THROTTLED'));
    for (const wrong of [
      { code: 'OOPS' },
      { message: '' },
      { message: 'It is not undefined.' },
      { nextStep: undefined },
    ]) {
      assert.throws(() => assertProblem({ ...problem, ...wrong }));
    }
  });

  it('(6) fail for 16 characters of a secret, wherever they are', () => {
    const secret = 'abcdefghijklmnopqrstuvwxyz';
    assertNoSecret(['all is well', 'abcdefghijklmno'], [secret]);
    assert.throws(() => assertNoSecret(['all is well', 'x klmnopqrstuvwxyz x'], [secret]));
    assert.throws(() => assertNoSecret(['all is well'], []), 'no canary is no check');
  });
});
