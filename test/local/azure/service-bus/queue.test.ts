import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { typed } from '../../../../local/azure/amqp/codec/amqp-value.ts';
import { encodeTestMessage, MINUTE_MS, refuses, TestBus } from './test-bus.ts';

const message = (body: string, more = {}) => encodeTestMessage(body, { id: body, ...more });

describe('a queue', () => {
  it('gives messages out in the order of their sequence numbers, with what the broker knows of them', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a'), message('b'));
    const [first, second] = bus.receiver('orders').receive(5);
    assert.equal(first?.body, 'a');
    assert.equal(first?.deliveryCount, 0);
    assert.equal(first?.annotations['x-opt-sequence-number'], 1);
    assert.deepEqual(first?.annotations['x-opt-enqueued-time'], new Date(bus.clock.nowMs()));
    assert.deepEqual(
      first?.annotations['x-opt-locked-until'],
      new Date(bus.clock.nowMs() + MINUTE_MS),
    );
    assert.equal(first?.annotations['x-opt-message-state'], 0);
    assert.equal(second?.annotations['x-opt-sequence-number'], 2);
  });

  it('gives a locked message to nobody else, and a completed one to nobody again', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a'));
    const receiver = bus.receiver('orders');
    const received = receiver.receiveOne();
    assert.equal(bus.receiver('orders').receive().length, 0);
    receiver.complete(received);
    bus.advanceMs(2 * MINUTE_MS);
    assert.equal(receiver.receive().length, 0);
    await refuses('com.microsoft:message-lock-lost', () => receiver.complete(received));
  });

  it('gives an abandoned message again with its properties changed, before later ones', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a', { properties: { color: 'red', size: 5 } }), message('b'));
    const receiver = bus.receiver('orders');
    receiver.abandon(receiver.receiveOne(), { color: 'blue' });
    const again = receiver.receiveOne();
    assert.equal(again.body, 'a');
    assert.equal(again.deliveryCount, 1);
    assert.deepEqual(again.properties, { color: 'blue', size: 5 });
  });

  it('gives a released message again without counting the delivery', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a'));
    const receiver = bus.receiver('orders');
    receiver.settle(receiver.receiveOne(), { kind: 'released' });
    assert.equal(receiver.receiveOne().deliveryCount, 0);
  });

  it('takes a message back when its lock expires, and counts the delivery', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a'));
    const dead = bus.receiver('orders');
    const lost = dead.receiveOne();
    dead.close();
    bus.advanceMs(MINUTE_MS - 1);
    const receiver = bus.receiver('orders');
    assert.equal(receiver.receive().length, 0);
    bus.advanceMs(1);
    assert.equal(receiver.receiveOne().deliveryCount, 1);
    await refuses('com.microsoft:message-lock-lost', () => dead.complete(lost));
  });

  it('gives a message that comes back to a receiver that waits', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a'));
    bus.receiver('orders').receiveOne();
    const waiting = bus.receiver('orders', { room: 1 });
    waiting.source.pump();
    assert.equal(waiting.link.sent.length, 0);
    bus.advanceMs(MINUTE_MS);
    assert.equal(waiting.link.sent.length, 1);
  });

  it('renews a lock, and not one that is lost', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a'));
    const receiver = bus.receiver('orders');
    const { delivery } = receiver.receiveOne();
    bus.advanceMs(40_000);
    const tokens = { 'lock-tokens': [typed('uuid', swap(delivery.tag))] };
    const { body } = await bus.manage('orders', 'renew-lock', tokens);
    const [until] = (body.expirations as unknown as { value: Date[] }).value;
    assert.deepEqual(until, new Date(bus.clock.nowMs() + MINUTE_MS));
    bus.advanceMs(40_000);
    receiver.settle({ delivery }, { kind: 'accepted' });
    await refuses('com.microsoft:message-lock-lost', () =>
      bus.manage('orders', 'renew-lock', tokens),
    );
  });

  it('deletes what a settled receiver gets', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a'));
    const [received] = bus.receiver('orders', { settled: true }).receive();
    assert.equal(received?.body, 'a');
    assert.equal(received?.annotations['x-opt-locked-until'], undefined);
    assert.equal((await bus.peek('orders')).length, 0);
  });

  it('shares messages out between receivers that wait, one each in turn', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    const receivers = [1, 2, 3].map(() => bus.receiver('orders', { room: 10 }));
    for (const { source } of receivers) source.pump();
    for (let index = 0; index < 9; index++) await bus.send('orders', message(`m${index}`));
    assert.deepEqual(
      receivers.map(({ link }) => link.sent.length),
      [3, 3, 3],
    );
  });

  it('gives a message without id an id', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', encodeTestMessage('a'));
    assert.match(String(bus.receiver('orders').receiveOne().messageId), /^[0-9a-f]{32}$/);
  });

  it('refuses an id of more than 128 characters, and bytes that are no message', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('x'.repeat(128)));
    await refuses('com.microsoft:argument-error', () =>
      bus.send('orders', message('x'.repeat(129))),
    );
    await refuses('amqp:decode-error', () => bus.send('orders', Buffer.from('no message')));
    const listAsProperties = Buffer.from([0x00, 0x53, 0x74, 0xc1, 0x04, 0x02, 0xa1, 0xff, 0x00]);
    await refuses('amqp:decode-error', () => bus.send('orders', listAsProperties));
  });
});

describe('a deferred message', () => {
  async function defer(bus: TestBus) {
    bus.putQueue('orders');
    await bus.send('orders', message('a'));
    const receiver = bus.receiver('orders');
    receiver.defer(receiver.receiveOne());
    return receiver;
  }
  const fetch = async (bus: TestBus, mode = 1) => {
    const request = { 'sequence-numbers': [1], 'receiver-settle-mode': mode };
    const { body } = await bus.manage('orders', 'receive-by-sequence-number', request);
    return (body.messages as { 'lock-token'?: never; message: Buffer }[])[0];
  };

  it('waits for who names its sequence number, beyond any lock time', async () => {
    const bus = new TestBus();
    const receiver = await defer(bus);
    bus.advanceMs(60 * MINUTE_MS);
    assert.equal(receiver.receive().length, 0);
    const [peeked] = await bus.peek('orders');
    assert.equal(peeked?.annotations['x-opt-message-state'], 1);
    const fetched = await fetch(bus);
    await bus.manage('orders', 'update-disposition', {
      'disposition-status': 'completed',
      'lock-tokens': [fetched?.['lock-token']],
    });
    assert.equal((await bus.peek('orders')).length, 0);
  });

  it('stays deferred when it is abandoned or its lock expires, and counts the deliveries', async () => {
    const bus = new TestBus();
    const receiver = await defer(bus);
    const fetched = await fetch(bus);
    await bus.manage('orders', 'update-disposition', {
      'disposition-status': 'abandoned',
      'lock-tokens': [fetched?.['lock-token']],
    });
    await fetch(bus);
    bus.advanceMs(MINUTE_MS);
    assert.equal(receiver.receive().length, 0);
    const [peeked] = await bus.peek('orders');
    assert.equal(peeked?.deliveryCount, 3);
    assert.equal(peeked?.annotations['x-opt-message-state'], 1);
  });

  it('is deleted by a receiver that settles first, and not found while it is locked', async () => {
    const bus = new TestBus();
    await defer(bus);
    await fetch(bus);
    await refuses('com.microsoft:message-not-found', () => fetch(bus));
    bus.advanceMs(MINUTE_MS);
    await fetch(bus, 0);
    assert.equal((await bus.peek('orders')).length, 0);
    await refuses('com.microsoft:message-not-found', () => fetch(bus, 0));
  });

  it('is not what an active message is', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a'));
    await refuses('com.microsoft:message-not-found', () => fetch(bus));
  });
});

describe('a dead-letter queue', () => {
  it('takes what is dead-lettered, with reason, description and changed properties', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a', { properties: { color: 'red' } }));
    const receiver = bus.receiver('orders');
    receiver.deadLetter(receiver.receiveOne(), {
      ...{ DeadLetterReason: 'bad', DeadLetterErrorDescription: 'no address' },
      color: 'blue',
    });
    assert.equal(receiver.receive().length, 0);
    const dead = bus.receiver('orders/$DeadLetterQueue').receiveOne();
    assert.deepEqual(dead.properties, {
      ...{ color: 'blue', DeadLetterReason: 'bad', DeadLetterErrorDescription: 'no address' },
    });
    assert.equal(dead.messageId, 'a');
  });

  it('takes a message that was delivered maxDeliveryCount times', async () => {
    const bus = new TestBus();
    bus.putQueue('orders', { maxDeliveryCount: 3 });
    await bus.send('orders', message('a'));
    const receiver = bus.receiver('orders');
    receiver.abandon(receiver.receiveOne());
    receiver.receiveOne();
    bus.advanceMs(MINUTE_MS);
    const last = receiver.receiveOne();
    assert.equal(last.deliveryCount, 2);
    receiver.abandon(last);
    assert.equal(receiver.receive().length, 0);
    const dead = bus.receiver('orders/$deadletterqueue').receiveOne();
    assert.equal(dead.properties.DeadLetterReason, 'MaxDeliveryCountExceeded');
    assert.equal(
      dead.properties.DeadLetterErrorDescription,
      'Message could not be consumed after 3 delivery attempts.',
    );
    assert.equal(dead.deliveryCount, 3);
  });

  it('gives its messages again for ever, and lets none be dead-lettered', async () => {
    const bus = new TestBus();
    bus.putQueue('orders', { maxDeliveryCount: 1 });
    await bus.send('orders', message('a'));
    const receiver = bus.receiver('orders');
    receiver.abandon(receiver.receiveOne());
    const dead = bus.receiver('orders/$DeadLetterQueue');
    for (let round = 0; round < 5; round++) dead.abandon(dead.receiveOne());
    const kept = dead.receiveOne();
    await refuses('amqp:not-allowed', () => dead.deadLetter(kept));
    dead.complete(kept);
    assert.equal((await bus.peek('orders/$DeadLetterQueue')).length, 0);
  });

  it('takes no messages from senders', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await refuses('amqp:not-allowed', () => bus.send('orders/$DeadLetterQueue', message('a')));
  });
});

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

describe('a scheduled message', () => {
  it('appears at its time, with a new sequence number', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    const scheduledAtMs = bus.clock.nowMs() + MINUTE_MS;
    await bus.send('orders', message('later', { scheduledAtMs }), message('now'));
    const receiver = bus.receiver('orders');
    assert.deepEqual(
      receiver.receive(5).map(({ body }) => body),
      ['now'],
    );
    const [peeked] = await bus.peek('orders');
    assert.equal(peeked?.annotations['x-opt-message-state'], 2);
    const waiting = bus.receiver('orders', { room: 1 });
    waiting.source.pump();
    bus.advanceMs(MINUTE_MS);
    assert.equal(waiting.link.sent.length, 1);
    const [, arrived] = await bus.peek('orders', { 'from-sequence-number': 1 });
    assert.equal(arrived?.annotations['x-opt-sequence-number'], 3);
  });

  it('is cancelled by its number, once', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    const scheduledAtMs = bus.clock.nowMs() + MINUTE_MS;
    const messages = ['a', 'b'].map(
      (body) => new Map([['message', message(body, { scheduledAtMs })]]),
    );
    const { body } = await bus.manage('orders', 'schedule-message', { messages });
    const numbers = (body['sequence-numbers'] as unknown as { value: number[] }).value;
    assert.deepEqual(numbers, [1, 2]);
    const cancel = { 'sequence-numbers': [1] };
    await bus.manage('orders', 'cancel-scheduled-message', cancel);
    await refuses('com.microsoft:message-not-found', () =>
      bus.manage('orders', 'cancel-scheduled-message', cancel),
    );
    bus.advanceMs(MINUTE_MS);
    assert.deepEqual(
      bus
        .receiver('orders')
        .receive(5)
        .map((received) => received.body),
      ['b'],
    );
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

function swap(tag: Buffer): Buffer {
  return Buffer.from(
    [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((at) => tag[at] ?? 0),
  );
}
