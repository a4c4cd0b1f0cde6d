import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeLink, MINUTE_MS, refuses, TestBus } from './test-bus.ts';
import { encodeTestMessage } from './test-message.ts';

const message = (sessionId: string, body: string) =>
  encodeTestMessage(body, { id: body, sessionId });

async function busWithSessions(...messages: [sessionId: string, body: string][]): Promise<TestBus> {
  const bus = new TestBus();
  bus.putQueue('orders', { requiresSession: true });
  for (const [sessionId, body] of messages) await bus.send('orders', message(sessionId, body));
  return bus;
}

describe('a session', () => {
  it('gives its own messages in order to the one who holds it', async () => {
    const bus = await busWithSessions(['a', '1'], ['b', '2'], ['a', '3']);
    const receiver = await bus.sessionReceiver('orders', 'a');
    assert.equal(receiver.source.attachFilters?.get('com.microsoft:session-filter'), 'a');
    assert.deepEqual(
      receiver.receive(5).map(({ body }) => body),
      ['1', '3'],
    );
    await refuses('com.microsoft:session-cannot-be-locked', () =>
      bus.sessionReceiver('orders', 'a'),
    );
    assert.equal((await bus.sessionReceiver('orders', 'b')).receiveOne().body, '2');
  });

  it('may be accepted before it has messages, and gives them as they come', async () => {
    const bus = await busWithSessions();
    const receiver = await bus.sessionReceiver('orders', 'new', { room: 1 });
    receiver.source.pump();
    await bus.send('orders', message('new', 'a'));
    assert.equal(receiver.link.sent.length, 1);
  });

  it('tells until when it is locked, in ticks', async () => {
    const bus = await busWithSessions();
    const { source } = await bus.sessionReceiver('orders', 'a');
    const ticks = source.attachProperties?.['com.microsoft:locked-until-utc'];
    const untilMs = BigInt(bus.clock.nowMs() + MINUTE_MS);
    assert.equal(
      (ticks as unknown as { value: bigint }).value,
      (untilMs + 62_135_596_800_000n) * 10_000n,
    );
  });

  it('is the next free one for who names none, the oldest first', async () => {
    const bus = await busWithSessions(['a', '1'], ['b', '2']);
    assert.equal((await bus.sessionReceiver('orders')).receiveOne().body, '1');
    assert.equal((await bus.sessionReceiver('orders')).receiveOne().body, '2');
  });

  it('is given to who waits for one when a message comes', async () => {
    const bus = await busWithSessions();
    const waiting = bus.sessionReceiver('orders');
    await bus.send('orders', message('late', 'a'));
    assert.equal((await waiting).receiveOne().body, 'a');
  });

  it('does not come in time: Azure names the timeout', async () => {
    const bus = await busWithSessions();
    const properties = { 'com.microsoft:timeout': 5000 };
    const waiting = bus.sessionReceiver('orders', undefined, { properties });
    bus.advanceMs(4999);
    bus.advanceMs(1);
    await assert.rejects(waiting, {
      condition: 'com.microsoft:timeout',
      message: /^The operation did not complete within the allotted timeout of 00:00:05\./,
    });
  });

  it('is not taken by who has given up waiting', async () => {
    const bus = await busWithSessions();
    const filters = new Map([['com.microsoft:session-filter', null]]);
    const link = new FakeLink('orders', { filters });
    const waiting = bus.node('orders').acceptReceiver?.(link);
    link.detach();
    await assert.rejects(async () => await waiting);
    await bus.send('orders', message('a', '1'));
    assert.equal((await bus.sessionReceiver('orders', 'a')).receiveOne().body, '1');
  });

  it('is free again when its receiver closes, and the deliveries do not count', async () => {
    const bus = await busWithSessions(['a', '1'], ['a', '2']);
    const first = await bus.sessionReceiver('orders', 'a');
    first.receive(2);
    first.close();
    const again = (await bus.sessionReceiver('orders', 'a')).receive(2);
    assert.deepEqual(
      again.map(({ body, deliveryCount }) => [body, deliveryCount]),
      [
        ['1', 0],
        ['2', 0],
      ],
    );
  });

  it('is lost when its lock expires: the link ends, and the deliveries count', async () => {
    const bus = await busWithSessions(['a', '1']);
    const first = await bus.sessionReceiver('orders', 'a');
    const received = first.receiveOne();
    bus.advanceMs(MINUTE_MS);
    assert.equal(first.link.detachedWith?.condition, 'com.microsoft:session-lock-lost');
    await refuses('com.microsoft:session-lock-lost', () => first.complete(received));
    assert.equal((await bus.sessionReceiver('orders', 'a')).receiveOne().deliveryCount, 1);
  });

  it('stays with who renews its lock', async () => {
    const bus = await busWithSessions(['a', '1']);
    const receiver = await bus.sessionReceiver('orders', 'a');
    const received = receiver.receiveOne();
    bus.advanceMs(40_000);
    const { body } = await bus.manage(
      'orders',
      'renew-session-lock',
      { 'session-id': 'a' },
      { linkName: 'link' },
    );
    assert.deepEqual(body.expiration, new Date(bus.clock.nowMs() + MINUTE_MS));
    bus.advanceMs(40_000);
    receiver.complete(received);
    assert.equal((await bus.peek('orders')).length, 0);
  });

  it('is needed by every message, and by every receiver', async () => {
    const bus = await busWithSessions();
    await refuses('amqp:not-allowed', () => bus.send('orders', encodeTestMessage('a')));
    await refuses('amqp:not-allowed', () => bus.receiver('orders'));
    bus.putQueue('plain');
    await refuses('amqp:not-allowed', () => bus.sessionReceiver('plain', 'a'));
  });

  it('has no place in the dead-letter queue', async () => {
    const bus = await busWithSessions(['a', '1']);
    const receiver = await bus.sessionReceiver('orders', 'a');
    receiver.deadLetter(receiver.receiveOne());
    assert.equal(bus.receiver('orders/$DeadLetterQueue').receiveOne().body, '1');
  });
});

describe('the state of a session', () => {
  const set = (bus: TestBus, state: Buffer | null, linkName = 'link') =>
    bus.manage(
      'orders',
      'set-session-state',
      { 'session-id': 'a', 'session-state': state },
      { linkName },
    );
  const get = async (bus: TestBus, linkName = 'link') => {
    const { body } = await bus.manage(
      'orders',
      'get-session-state',
      { 'session-id': 'a' },
      { linkName },
    );
    return body['session-state'];
  };

  it('is kept beyond the receiver and the messages, until it is cleared', async () => {
    const bus = await busWithSessions(['a', '1']);
    const first = await bus.sessionReceiver('orders', 'a');
    assert.equal(await get(bus), null);
    await set(bus, Buffer.from('step 2'));
    first.complete(first.receiveOne());
    first.close();
    await bus.sessionReceiver('orders', 'a');
    assert.deepEqual(await get(bus), Buffer.from('step 2'));
    await set(bus, null);
    assert.equal(await get(bus), null);
  });

  it('is for the holder of the session only', async () => {
    const bus = await busWithSessions(['a', '1']);
    await refuses('com.microsoft:session-lock-lost', () => get(bus));
    await bus.sessionReceiver('orders', 'a');
    await refuses('com.microsoft:session-lock-lost', () => get(bus, 'another link'));
    await refuses('com.microsoft:session-lock-lost', () =>
      set(bus, Buffer.from('x'), 'another link'),
    );
  });

  it('lists the sessions that have messages or state, page by page', async () => {
    const bus = await busWithSessions(['c', '1'], ['a', '2'], ['b', '3']);
    const list = async (skip: number) => {
      const request = { 'last-updated-time': new Date(0), skip, top: 2 };
      const { body, statusCode } = await bus.manage('orders', 'get-message-sessions', request);
      return [statusCode ?? 200, (body['sessions-ids'] as unknown as { value: string[] })?.value];
    };
    assert.deepEqual(await list(0), [200, ['a', 'b']]);
    assert.deepEqual(await list(2), [200, ['c']]);
    assert.deepEqual(await list(3), [204, undefined]);
  });
});

describe('deferred messages of a session', () => {
  it('are fetched by its holder, and by nobody else', async () => {
    const bus = await busWithSessions(['a', '1']);
    const receiver = await bus.sessionReceiver('orders', 'a');
    receiver.defer(receiver.receiveOne());
    const request = { 'sequence-numbers': [1], 'receiver-settle-mode': 1 };
    await refuses('com.microsoft:message-not-found', () =>
      bus.manage('orders', 'receive-by-sequence-number', request),
    );
    await refuses('com.microsoft:session-lock-lost', () =>
      bus.manage('orders', 'receive-by-sequence-number', { ...request, 'session-id': 'b' }),
    );
    const { body } = await bus.manage('orders', 'receive-by-sequence-number', {
      ...request,
      'session-id': 'a',
    });
    assert.equal((body.messages as unknown[]).length, 1);
    receiver.close();
    assert.equal((await bus.peek('orders'))[0]?.annotations['x-opt-message-state'], 1);
  });
});
