// The scan's state in the blob under faults at each of its calls. The same rows without a network, at more awaits:
// test/shared/scan/overlapping-scans.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MovableClock } from '../../local/azure/clock.ts';
import type { Fault } from '../../local/azure/faults/fault.ts';
import { AppError } from '../../shared/errors.ts';
import { CHECKPOINT_BLOB } from '../../shared/scan/checkpoint.ts';
import { openFaultLab } from './fault-lab.ts';
import type { WatchedApp } from './watched-app.ts';
import { nameOf, wireFaults } from './wire-faults.ts';

/** The blob calls of a run that finds something, after the first one. */
const CALLS = ['read', 'claim', 'settle', 'end of the pass', 'report'] as const;
/** Longer than a claim lives. */
const CLAIM_MS = 61_000;

const clock = new MovableClock();
const lab = await openFaultLab(80, { clock });

/** One run has finished; two resources more wait for the next. */
async function appWithWork(): Promise<WatchedApp> {
  const app = lab.app();
  await app.fault.createResources(2);
  await app.scanFinishes();
  await nextSecond();
  await app.fault.createResources(2);
  return app;
}

/** The storage service's clock shows whole seconds: only then the watermark can move. */
async function nextSecond(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_000 - (clock.nowMs() % 1_000)));
}

/** Tests that go on together, when all have come so far (or failed) and `whenAllAreHere` has run. */
class Meeting {
  #missing: number;
  readonly #here = Promise.withResolvers<void>();
  readonly #whenAllAreHere: () => void;

  constructor(size: number, whenAllAreHere: () => void) {
    this.#missing = size;
    this.#whenAllAreHere = whenAllAreHere;
  }

  async arriveAfter<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.#missing -= 1;
      if (this.#missing === 0) {
        this.#whenAllAreHere();
        this.#here.resolve();
      }
      await this.#here.promise;
    }
  }
}

/** No test of these moves the clock. */
describe('the state', { concurrency: 45 }, () => {
  for (const [index, call] of CALLS.entries()) {
    for (const fault of wireFaults) {
      it(`Row 16: ${call}: ${nameOf(fault)}: the run goes on, and hands everything on once`, async () => {
        const app = await appWithWork();
        const cut = lab.arm(app, 'blob', fault, { nth: index + 1 });
        await app.scanFinishes();
        assert.ok(cut.hits() === 1, 'the call is one of the run');
        assert.deepEqual((await app.checkpoint()).claims, []);
        await app.scanFinishes();
        await app.keptItsPromises();
      });
    }
  }

  it('Row 23: of which one stands still between its read and its write: it loses by 412, reads again and drops what the other has', async () => {
    const app = await appWithWork();
    const other = lab.again(app);
    const since = lab.azure.journal.position;
    lab.arm(
      app,
      'blob',
      { kind: 'slow', delayMs: 3_000 },
      { operation: `PUT */${app.fault.secretName}/${CHECKPOINT_BLOB}*`, times: 1 },
    );
    const slow = app.scanFinishes();
    await lab.azure.journal.waitFor(
      'the slow write',
      (entry) => entry.kind === 'fault' && entry.operation.includes(app.fault.secretName),
      { since },
    );
    const quick = await other.scanFinishes();
    assert.equal(quick.newFindingCount, 2);
    assert.equal((await slow).newFindingCount, 0);
    const lost = lab
      .requestsAt(app, 'blob', since)
      .filter((request) => /^PUT .* 412$/.test(request));
    assert.equal(lost.length, 1);
    await app.keptItsPromises();
  });

  const damages: Readonly<Record<string, (text: string) => string>> = {
    'that is cut': (text) => text.slice(0, text.length / 2),
    'that is empty': () => '',
    'of an older schema': (text) => text.replace(/"schemaVersion":\d+/, '"schemaVersion":0'),
    'with a watermark ahead': (text) => text.replace(/"watermark":"\d+/, '"watermark":"2999'),
  };
  for (const [name, damage] of Object.entries(damages)) {
    it(`Row 24: ${name}: CONFIG_INVALID, nothing is overwritten, and it works when the state is back`, async () => {
      const app = await appWithWork();
      const { scanBlobs } = app.services;
      const { text = '' } = await scanBlobs.read(CHECKPOINT_BLOB);
      const damaged = damage(text);
      assert.notEqual(damaged, text);
      await scanBlobs.write(CHECKPOINT_BLOB, damaged, 'overwrite');
      const error = await app.scan();
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'CONFIG_INVALID');
      assert.match(error.message, /scan-checkpoint\.json is not usable.*Nothing was overwritten/);
      assert.equal((await scanBlobs.read(CHECKPOINT_BLOB)).text, damaged);
      const { body } = await app.works('getScan');
      assert.equal((body.error as { code: string }).code, 'CONFIG_INVALID');
      await scanBlobs.write(CHECKPOINT_BLOB, text, 'overwrite');
      await app.recovers(() => app.scanFinishes());
      await app.keptItsPromises();
    });
  }

  it('Row 24: that is missing: looks back again, never "from now on", under the same ids', async () => {
    const app = await appWithWork();
    await lab.deleteBlob(app, CHECKPOINT_BLOB);
    const report = await app.scanFinishes();
    assert.equal(report.newFindingCount, 4);
    await app.keptItsPromises({ died: true });
  });
});

describe('storage that dies in the middle of a run', { concurrency: true }, () => {
  const deaths: readonly (readonly [string, Fault])[] = [
    ['nothing takes effect', { kind: 'status', status: 503 }],
    ['all takes effect', { kind: 'cutResponse', atPercent: 0, afterwards: 'rst' }],
  ];
  const calls = ['claim', 'settle', 'end of the pass'] as const;
  const dead = new Meeting(deaths.length * calls.length, () => clock.advanceMs(CLAIM_MS));

  for (const [name, fault] of deaths) {
    for (const call of calls) {
      it(`Row 25: from its ${call} on, ${name}: nothing is lost, and what is new flows at once`, async () => {
        const app = await dead.arriveAfter(async () => {
          const app = await appWithWork();
          const nth = CALLS.indexOf(call) + 1;
          const death = lab.arm(app, 'blob', fault, { nth, times: 'always' });
          const outcome = await app.scan();
          assert.ok(outcome instanceof AppError);
          assert.equal(outcome.code, 'TARGET_UNAVAILABLE');
          assert.equal(outcome.target, 'blobs');
          death.end();
          await app.fault.createResource('new');
          await app.recovers(() => app.scan({ timeLimitMs: 1_500 }));
          assert.ok(app.published.some(({ id }) => id.endsWith('/new')));
          return app;
        });
        // What the dead run had claimed is its own until the claim is old. Now it is.
        await app.scanFinishes();
        assert.deepEqual((await app.checkpoint()).claims, []);
        const { length } = app.published;
        await app.scanFinishes();
        assert.equal(app.published.length, length);
        await app.keptItsPromises({ died: call !== 'end of the pass' });
      });
    }
  }
});
