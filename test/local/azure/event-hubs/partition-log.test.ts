import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { PartitionLog } from '../../../../local/azure/event-hubs/partition-log.ts';

const MEGABYTE = 1024 * 1024;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'partition-log-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const event = (offset: number, enqueuedAtMs = offset, size = 10) => ({
  offset,
  enqueuedAtMs,
  message: Buffer.alloc(size, String(offset)),
});
const texts = (messages: readonly Buffer[]) => messages.map((message) => message.toString());

describe('a partition log', () => {
  it('reads on from any event, within the bounds', () => {
    const log = new PartitionLog(directory);
    log.append([event(0), event(1), event(2)]);
    log.append([event(3)]);
    assert.equal(log.nextSequenceNumber, 4);
    assert.deepEqual(texts(log.read(1, 2, MEGABYTE)), ['1111111111', '2222222222']);
    assert.equal(log.read(0, 10, 1).length, 1);
    assert.equal(log.read(0, 10, MEGABYTE).length, 4);
    assert.deepEqual(log.read(4, 10, MEGABYTE), []);
    assert.deepEqual(log.entry(2), { offset: 2, enqueuedAtMs: 2 });
    log.close();
  });

  it('is found again by the next process', () => {
    const log = new PartitionLog(directory);
    log.append([event(0), event(1)]);
    log.close();
    const again = new PartitionLog(directory);
    assert.equal(again.nextSequenceNumber, 2);
    again.append([event(2)]);
    assert.equal(again.read(0, 10, MEGABYTE).length, 3);
    again.close();
  });

  it('cuts off what a killed process left half-written', () => {
    const log = new PartitionLog(directory);
    log.append([event(0), event(1)]);
    log.close();
    const [name = ''] = readdirSync(directory);
    const path = join(directory, name);
    for (const damage of [
      () => appendFileSync(path, Buffer.from([0, 0, 0, 9, 1])),
      () => truncateSync(path, statSync(path).size - 1),
    ]) {
      damage();
      const again = new PartitionLog(directory);
      const count = again.nextSequenceNumber;
      again.append([event(7)]);
      assert.deepEqual(texts(again.read(count, 1, MEGABYTE)), ['7777777777']);
      again.close();
    }
  });

  it('goes on in another file, and reads across', () => {
    const log = new PartitionLog(directory);
    for (let offset = 0; offset < 40; offset++) log.append([event(offset, offset, MEGABYTE)]);
    assert.ok(readdirSync(directory).length >= 3);
    for (let next = 0; next < 40; ) {
      const messages = log.read(next, 5, 10 * MEGABYTE);
      assert.equal(messages[0]?.toString('latin1', 0, 1), String(next)[0]);
      next += messages.length;
    }
    log.close();
  });

  it('lets go of the old, file by file, and keeps the numbers', () => {
    const log = new PartitionLog(directory);
    for (let offset = 0; offset < 40; offset++) log.append([event(offset, offset, MEGABYTE)]);
    const before = readdirSync(directory).length;
    log.expire(35);
    assert.equal(log.firstSequenceNumber, 35);
    assert.ok(readdirSync(directory).length < before);
    assert.deepEqual(log.read(10, 1, 1), []);
    log.expire(1000);
    assert.ok(log.isEmpty);
    assert.equal(log.nextSequenceNumber, 40);
    log.append([event(1, 1001)]);
    assert.equal(log.firstSequenceNumber, 40);
    log.close();
  });

  it('finds the first event by time or offset', () => {
    const log = new PartitionLog(directory);
    log.append([event(0, 10), event(5, 10), event(9, 20), event(14, 30)]);
    assert.equal(
      log.findFirst(({ enqueuedAtMs }) => enqueuedAtMs > 10),
      2,
    );
    assert.equal(
      log.findFirst(({ offset }) => offset >= 5),
      1,
    );
    assert.equal(
      log.findFirst(() => false),
      4,
    );
    log.close();
  });
});
