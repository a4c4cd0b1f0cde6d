import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { MovableClock } from '../../../../local/azure/clock.ts';
import { Scheduler, type Timed } from '../../../../local/azure/service-bus/scheduler.ts';
import { StillClock } from '../../../support/still-clock.ts';

interface Entry extends Timed {
  readonly name: number;
}

describe('the scheduler', () => {
  it('runs what is due in the order of its times, whatever was added, moved or removed', () => {
    const operation = fc.record({
      do: fc.constantFrom('add', 'add', 'add', 'remove', 'advance'),
      which: fc.nat({ max: 15 }),
      ms: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const clock = new StillClock();
        const scheduler = new Scheduler(clock);
        const ran: Entry[] = [];
        const expected = new Map<Entry, number>();
        const entries = Array.from({ length: 16 }, (_, name): Entry => {
          const entry = { name, dueMs: 0, heapIndex: -1, onDue: () => void ran.push(entry) };
          return entry;
        });
        for (const { do: what, which, ms } of operations) {
          const entry = entries[which];
          assert.ok(entry);
          if (what === 'add') {
            entry.dueMs = clock.nowMs() + ms;
            scheduler.add(entry);
            expected.set(entry, entry.dueMs);
          } else if (what === 'remove') {
            scheduler.remove(entry);
            expected.delete(entry);
          } else {
            clock.advanceMs(ms);
            ran.length = 0;
            scheduler.runDue();
            const due = [...expected].filter(([, dueMs]) => dueMs <= clock.nowMs());
            assert.deepEqual(new Set(ran), new Set(due.map(([dueEntry]) => dueEntry)));
            assert.equal(ran.length, due.length);
            const times = ran.map((dueEntry) => dueEntry.dueMs);
            assert.deepEqual(
              times,
              [...times].sort((left, right) => left - right),
            );
            for (const [dueEntry] of due) expected.delete(dueEntry);
          }
          assert.equal(scheduler.size, expected.size);
        }
        scheduler.stop();
      }),
    );
  });

  it('never runs what is due at infinity, and nothing after it stopped', () => {
    const clock = new StillClock();
    const scheduler = new Scheduler(clock);
    let runs = 0;
    const entry = (dueMs: number): Timed => ({ dueMs, heapIndex: -1, onDue: () => void runs++ });
    scheduler.add(entry(Number.POSITIVE_INFINITY));
    assert.equal(scheduler.size, 0);
    scheduler.add(entry(clock.nowMs()));
    scheduler.stop();
    clock.advanceMs(1);
    scheduler.runDue();
    assert.equal(runs, 0);
  });

  it('wakes by itself', async () => {
    const clock = new MovableClock();
    const scheduler = new Scheduler(clock);
    let ran = false;
    const later: Timed = { dueMs: clock.nowMs() + 60_000, heapIndex: -1, onDue: () => {} };
    scheduler.add(later);
    scheduler.add({
      dueMs: clock.nowMs() + 5,
      heapIndex: -1,
      onDue: () => {
        ran = true;
      },
    });
    while (!ran) await setImmediate();
    assert.equal(scheduler.size, 1);
    scheduler.stop();
  });
});
