import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { typed } from '../../../../local/azure/amqp/codec/amqp-value.ts';
import { MINUTE_MS, refuses, TestBus } from './test-bus.ts';
import { encodeTestMessage } from './test-message.ts';

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

function swap(tag: Buffer): Buffer {
  return Buffer.from(
    [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((at) => tag[at] ?? 0),
  );
}
