import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MINUTE_MS, refuses, TestBus } from './test-bus.ts';
import { encodeTestMessage } from './test-message.ts';

const message = (body: string, more = {}) => encodeTestMessage(body, { id: body, ...more });

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
