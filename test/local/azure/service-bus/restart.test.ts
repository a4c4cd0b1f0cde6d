// What the broker finds again on disk. A second bus on the directory sees what a killed process has left.
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { MINUTE_MS, refuses, TestBus } from './test-bus.ts';
import { encodeTestMessage } from './test-message.ts';

const directories: string[] = [];
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

const message = (body: string, more = {}) => encodeTestMessage(body, { id: body, ...more });

/** `restart`: another bus with what the first has put on disk, entities deployed again. */
function keptBus(deploy: (bus: TestBus) => void) {
  const storeDirectory = mkdtempSync(join(tmpdir(), 'service-bus-restart-'));
  directories.push(storeDirectory);
  const restart = () => {
    const bus = new TestBus({ storeDirectory });
    deploy(bus);
    return bus;
  };
  const file = (path: string) => join(storeDirectory, 'ns', `${path}.messages`);
  return { bus: restart(), restart, file };
}

const bodies = (messages: readonly { body: unknown }[]) => messages.map(({ body }) => body);

describe('a broker that is killed and started again', () => {
  it('has what was sent, and not what was completed; a locked message is free again', async () => {
    const { bus, restart } = keptBus((one) => one.putQueue('orders'));
    await bus.send('orders', message('a'), message('b'), message('c'));
    const receiver = bus.receiver('orders');
    const [first] = receiver.receive(2);
    assert.ok(first);
    receiver.complete(first);
    const later = restart();
    const received = later.receiver('orders').receive(5);
    assert.deepEqual(bodies(received), ['b', 'c']);
    assert.deepEqual(
      received.map(({ annotations }) => annotations['x-opt-sequence-number']),
      [2, 3],
    );
    await later.send('orders', message('d'));
    const peeked = await later.peek('orders');
    assert.equal(peeked.at(-1)?.annotations['x-opt-sequence-number'], 4);
  });

  it('does not give out again what a receiver has taken that settles first', async () => {
    const { bus, restart } = keptBus((one) => one.putQueue('orders'));
    await bus.send('orders', message('a'), message('b'));
    assert.equal(bus.receiver('orders', { settled: true }).receiveOne().body, 'a');
    assert.deepEqual(bodies(await restart().peek('orders')), ['b']);
  });

  it('knows delivery counts, changed properties and the dead letters with their reason', async () => {
    const { bus, restart } = keptBus((one) => one.putQueue('orders', { maxDeliveryCount: 3 }));
    await bus.send('orders', message('a'), message('b'));
    const receiver = bus.receiver('orders');
    receiver.abandon(receiver.receiveOne(), { tried: 'once' });
    bus.receiver('orders').receiveOne();
    bus.advanceMs(MINUTE_MS);
    const later = restart();
    const [a, b] = await later.peek('orders');
    assert.deepEqual([a?.deliveryCount, a?.properties.tried], [2, 'once']);
    assert.equal(b?.deliveryCount, 0);
    const second = later.receiver('orders');
    second.abandon(second.receiveOne());
    second.deadLetter(second.receiveOne(), { DeadLetterReason: 'bad' });
    const dead = await restart().peek('orders/$DeadLetterQueue');
    assert.deepEqual(
      dead.map(({ body, properties }) => [body, properties.DeadLetterReason]),
      [
        ['a', 'MaxDeliveryCountExceeded'],
        ['b', 'bad'],
      ],
    );
    assert.equal(dead[0]?.deliveryCount, 3);
  });

  it('keeps a deferred message deferred, and a scheduled one until its time', async () => {
    const { bus, restart } = keptBus((one) => one.putQueue('orders'));
    await bus.send('orders', message('deferred'));
    const receiver = bus.receiver('orders');
    receiver.defer(receiver.receiveOne());
    const dueMs = bus.clock.nowMs() + MINUTE_MS;
    await bus.send('orders', message('scheduled', { scheduledAtMs: dueMs }));
    const later = restart();
    assert.deepEqual(
      (await later.peek('orders')).map(({ body, annotations }) => [
        body,
        annotations['x-opt-message-state'],
      ]),
      [
        ['deferred', 1],
        ['scheduled', 2],
      ],
    );
    assert.equal(later.receiver('orders').receive().length, 0);
    later.advanceMs(2 * MINUTE_MS);
    assert.equal(later.receiver('orders').receiveOne().body, 'scheduled');
    const request = { 'sequence-numbers': [1], 'receiver-settle-mode': 1 };
    const { body } = await later.manage('orders', 'receive-by-sequence-number', request);
    assert.equal((body.messages as unknown[]).length, 1);
  });

  it('Row 30: still drops a send in doubt that is repeated, until the window is over', async () => {
    const { bus, restart } = keptBus((one) =>
      one.putQueue('orders', { requiresDuplicateDetection: true }),
    );
    await bus.send('orders', message('a'));
    const receiver = bus.receiver('orders');
    receiver.complete(receiver.receiveOne());
    const later = restart();
    await later.send('orders', message('a'), message('b'));
    assert.deepEqual(bodies(await later.peek('orders')), ['b']);
    later.advanceMs(11 * MINUTE_MS);
    await later.send('orders', message('a'));
    assert.deepEqual(bodies(await later.peek('orders')), ['b', 'a']);
  });

  it('has the state of sessions, whose locks are gone', async () => {
    const { bus, restart } = keptBus((one) => one.putQueue('orders', { requiresSession: true }));
    await bus.send('orders', message('1', { sessionId: 'a' }));
    await bus.sessionReceiver('orders', 'a', { name: 'one' });
    const request = { 'session-id': 'a', 'session-state': Buffer.from('half done') };
    await bus.manage('orders', 'set-session-state', request, { linkName: 'one' });
    const later = restart();
    const receiver = await later.sessionReceiver('orders', 'a', { name: 'two' });
    assert.equal(receiver.receiveOne().body, '1');
    const state = { 'session-id': 'a' };
    const { body } = await later.manage('orders', 'get-session-state', state, { linkName: 'two' });
    assert.equal(String(body['session-state']), 'half done');
  });

  it('has each copy of a topic, where it was completed and where not', async () => {
    const { bus, restart, file } = keptBus((one) => {
      one.putTopic('news');
      one.putSubscription('news', 'first');
      one.putSubscription('news', 'second');
    });
    const large = encodeTestMessage('a'.repeat(10_000), { id: 'a' });
    await bus.send('news', large, message('b'));
    assert.ok(statSync(file('topics/news')).size < 15_000, 'the file has a content once');
    const receiver = bus.receiver('news/Subscriptions/first');
    receiver.complete(receiver.receiveOne());
    const later = restart();
    assert.deepEqual(bodies(await later.peek('news/Subscriptions/first')), ['b']);
    assert.equal((await later.peek('news/Subscriptions/second')).length, 2);
    await later.send('news', message('c'));
    const [, , c] = await later.peek('news/Subscriptions/second');
    assert.equal(c?.annotations['x-opt-enqueue-sequence-number'], 3);
  });

  it('forgets an entity that is deleted', async () => {
    const { bus, restart, file } = keptBus((one) => one.putQueue('orders'));
    await bus.send('orders', message('a'));
    bus.bus.removeQueue('ns', 'orders');
    assert.deepEqual(readdirSync(join(file('queues/orders'), '..')), []);
    assert.deepEqual(await restart().peek('orders'), []);
  });

  it('takes what was half-written for not sent, and goes on behind what was whole', async () => {
    const { bus, restart, file } = keptBus((one) => one.putQueue('orders'));
    await bus.send('orders', message('a'), message('b'));
    const { size } = statSync(file('queues/orders'));
    truncateSync(file('queues/orders'), size - 1);
    const second = restart();
    assert.deepEqual(bodies(await second.peek('orders')), ['a']);
    appendFileSync(file('queues/orders'), Buffer.from([0, 0, 0, 2, 0, 0, 0, 0, 1, 2, 9]));
    const third = restart();
    await third.send('orders', message('c'));
    assert.deepEqual(bodies(await restart().peek('orders')), ['a', 'c']);
  });

  it('rewrites a file of things past, and loses nothing by it', async () => {
    const { bus, restart, file } = keptBus((one) => {
      one.putTopic('news', { requiresDuplicateDetection: true });
      one.putSubscription('news', 'first');
      one.putSubscription('news', 'second');
    });
    await bus.send('news', message('kept'));
    const large = 'x'.repeat(200_000);
    for (let index = 0; index < 400; index++) {
      await bus.send('news', encodeTestMessage(large, { id: `large-${index}` }));
      for (const name of ['first', 'second']) {
        const receiver = bus.receiver(`news/Subscriptions/${name}`);
        const received = receiver.receive(2);
        assert.equal(received.length, index === 0 ? 2 : 1);
        for (const one of received) if (one.body === large) receiver.complete(one);
      }
    }
    assert.ok(statSync(file('topics/news')).size < 40_000_000, '80 MB have gone through');
    const later = restart();
    for (const name of ['first', 'second']) {
      assert.deepEqual(bodies(await later.peek(`news/Subscriptions/${name}`)), ['kept']);
    }
    await later.send('news', message('kept'), message('new'));
    const [, fresh] = await later.peek('news/Subscriptions/first');
    assert.equal(fresh?.body, 'new');
    assert.equal(fresh?.annotations['x-opt-sequence-number'], 402);
  });

  it('keeps nothing where it is given no directory', async () => {
    const bus = new TestBus();
    bus.putQueue('orders');
    await bus.send('orders', message('a'));
    bus.bus.stop();
    await refuses('amqp:not-found', () => new TestBus().peek('orders'));
  });
});
