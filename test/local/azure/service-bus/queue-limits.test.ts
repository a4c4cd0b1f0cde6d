import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MINUTE_MS, refuses, TestBus } from './test-bus.ts';
import { encodeTestMessage } from './test-message.ts';

const message = (body: string, more = {}) => encodeTestMessage(body, { id: body, ...more });

describe('time to live', () => {
  it('is the shorter one of message and entity; what expires is gone', async () => {
    const bus = new TestBus();
    bus.putQueue('orders', { defaultMessageTimeToLiveMs: MINUTE_MS });
    await bus.send('orders', message('short', { timeToLiveMs: 1000 }), message('standard'));
    await bus.send('orders', message('long', { timeToLiveMs: 10 * MINUTE_MS }));
    const shown = await bus.peek('orders');
    assert.deepEqual(
      shown.map(({ timeToLive }) => timeToLive),
      [1000, MINUTE_MS, MINUTE_MS],
    );
    bus.advanceMs(1000);
    assert.equal((await bus.peek('orders')).length, 2);
    bus.advanceMs(MINUTE_MS);
    assert.equal((await bus.peek('orders')).length, 0);
    assert.equal((await bus.peek('orders/$DeadLetterQueue')).length, 0);
  });

  it('sends expired messages to the dead-letter queue where the queue says so', async () => {
    const bus = new TestBus();
    bus.putQueue('orders', { deadLetteringOnMessageExpiration: true });
    await bus.send('orders', message('a', { timeToLiveMs: 1000 }));
    bus.advanceMs(1000);
    const dead = bus.receiver('orders/$DeadLetterQueue').receiveOne();
    assert.equal(dead.properties.DeadLetterReason, 'TTLExpiredException');
    bus.advanceMs(1000 * MINUTE_MS);
    assert.equal((await bus.peek('orders/$DeadLetterQueue')).length, 1);
  });

  it('does not touch a locked message until its lock ends', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    const short = { timeToLiveMs: 1000 };
    await bus.send('orders', message('a', short), message('b', short));
    const receiver = bus.receiver('orders');
    const [kept, lost] = receiver.receive(2);
    assert.ok(kept && lost);
    bus.advanceMs(2000);
    receiver.complete(kept);
    receiver.abandon(lost);
    assert.equal(receiver.receive().length, 0);
    assert.equal((await bus.peek('orders')).length, 0);
  });
});

describe('duplicate detection', () => {
  it('accepts and drops a message id that came within the window', async () => {
    const bus = new TestBus();
    bus.putQueue('orders', { requiresDuplicateDetection: true });
    await bus.send('orders', message('a'), message('a'), message('b'));
    assert.equal((await bus.peek('orders')).length, 2);
    bus.receiver('orders', { settled: true }).receive(5);
    bus.advanceMs(10 * MINUTE_MS - 1);
    await bus.send('orders', message('a'));
    assert.equal((await bus.peek('orders')).length, 0);
    bus.advanceMs(1);
    await bus.send('orders', message('a'));
    assert.equal((await bus.peek('orders')).length, 1);
  });

  it('is off unless the queue asks for it', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a'), message('a'));
    assert.equal((await bus.peek('orders')).length, 2);
  });

  it('counts scheduled messages, too', async () => {
    const bus = new TestBus();
    bus.putQueue('orders', { requiresDuplicateDetection: true });
    await bus.send('orders', message('a', { scheduledAtMs: bus.clock.nowMs() + MINUTE_MS }));
    await bus.send('orders', message('a'));
    assert.equal((await bus.peek('orders')).length, 1);
  });
});

describe('limits of a queue', () => {
  it('refuses messages when it is full, and takes them again when there is room', async () => {
    const bus = new TestBus();
    bus.putQueue('orders', { maxSizeInMegabytes: 1 });
    const large = (body: string) => message(body, { properties: { filler: 'x'.repeat(250_000) } });
    for (const body of ['a', 'b', 'c', 'd', 'e']) await bus.send('orders', large(body));
    await assert.rejects(bus.send('orders', large('f')), {
      condition: 'amqp:resource-limit-exceeded',
      message:
        /^The maximum entity size has been reached or exceeded for Queue: 'ns:Queue:orders'\. Size of entity in bytes:125\d{4}, Max entity size in bytes: 1048576\./,
    });
    const receiver = bus.receiver('orders');
    for (const received of receiver.receive(5)) receiver.complete(received);
    await bus.send('orders', large('f'));
    assert.equal((await bus.peek('orders')).length, 1);
  });

  it('refuses when all entities together hold more than fits into memory', async () => {
    const bus = new TestBus({ maxStoredBytes: 100_000 });
    bus.putQueue('orders');
    bus.putQueue('others');
    await bus.send('orders', message('a', { properties: { filler: 'x'.repeat(99_000) } }));
    await refuses('amqp:resource-limit-exceeded', () => bus.send('others', message('b')));
    bus.receiver('orders', { settled: true }).receive();
    await bus.send('others', message('b'));
  });

  it('refuses what its status forbids, and ends links when the status changes', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    const open = bus.receiver('orders');
    bus.putQueue('orders', { status: 'ReceiveDisabled' });
    assert.equal(open.link.detachedWith?.condition, 'com.microsoft:entity-disabled');
    await bus.send('orders', message('a'));
    await refuses('com.microsoft:entity-disabled', () => bus.receiver('orders'));
    bus.putQueue('orders', { status: 'SendDisabled' });
    await refuses('com.microsoft:entity-disabled', () => bus.send('orders', message('b')));
    assert.equal(bus.receiver('orders').receiveOne().body, 'a');
    bus.putQueue('orders', { status: 'Disabled' });
    await refuses('com.microsoft:entity-disabled', () => bus.send('orders', message('b')));
    await refuses('com.microsoft:entity-disabled', () => bus.receiver('orders'));
  });

  it('is not found once it is removed, and its links end', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a'));
    const open = bus.receiver('orders');
    bus.bus.removeQueue('ns', 'Orders');
    assert.equal(open.link.detachedWith?.condition, 'amqp:not-found');
    await refuses('amqp:not-found', () => bus.node('orders'));
    bus.putQueue('orders');
    assert.equal((await bus.peek('orders')).length, 0);
  });

  it('is found in any letter case, and keeps messages when it is put again', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('ORDERS', message('a'));
    bus.putQueue('Orders', { lockDurationMs: 2 * MINUTE_MS });
    const received = bus.receiver('orders').receiveOne();
    assert.deepEqual(
      received.annotations['x-opt-locked-until'],
      new Date(bus.clock.nowMs() + 2 * MINUTE_MS),
    );
  });
});
