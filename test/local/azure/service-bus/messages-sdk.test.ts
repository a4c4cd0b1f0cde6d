// Queues, dead letters, deferral, schedules, topics and rules through the unmodified SDK.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServiceBusReceiver } from '@azure/service-bus';
import { MovableClock } from '../../../../local/azure/clock.ts';
import { namespaceId, OWNER, useServiceBus } from './use-service-bus.ts';

const clock = new MovableClock();
const { serviceBus, putQueue, putTopic, putSubscription, identityWith, clientOf } =
  await useServiceBus({ clock });
const client = clientOf(identityWith([OWNER, namespaceId]).credential);

let count = 0;
/** A queue of its own for each test. */
function newQueue(settings: Parameters<typeof putQueue>[1] = {}) {
  const name = `queue-${count++}`;
  putQueue(name, settings);
  return { name, sender: client.createSender(name), receiver: client.createReceiver(name) };
}

async function receiveOne(receiver: Pick<ServiceBusReceiver, 'receiveMessages'>) {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5000 });
  assert.ok(message, 'nothing came');
  return message;
}

const waiting = async (receiver: Pick<ServiceBusReceiver, 'peekMessages'>) =>
  (await receiver.peekMessages(100, { fromSequenceNumber: longOf(1) })).map(({ body }) => body);

/** Moves the broker's clock, not the SDK's. */
function advanceMs(milliseconds: number): void {
  clock.advanceMs(milliseconds);
  serviceBus.runDue();
}

function longOf(value: number) {
  // The SDK's own number type, without its package: what it takes is what it gave.
  return Object.getPrototypeOf(sequenceNumber).constructor.fromNumber(value);
}
const first = newQueue();
await first.sender.sendMessages({ body: 'x' });
const { sequenceNumber } = await receiveOne(first.receiver);
assert.ok(sequenceNumber);

describe('a message', () => {
  it('arrives with everything that it was sent with', async () => {
    const { sender, receiver } = newQueue();
    const sent = {
      body: { nested: [1, 'two', null] },
      ...{
        messageId: 'm1',
        contentType: 'application/json',
        correlationId: 'c1',
        subject: 'label',
      },
      ...{
        to: 'there',
        replyTo: 'here',
        replyToSessionId: 's',
        partitionKey: 'p',
        timeToLive: 60_000,
      },
      applicationProperties: { text: 'ü', whole: 5, half: 0.5, yes: true, date: new Date(5000) },
    };
    await sender.sendMessages(sent);
    const received = await receiveOne(receiver);
    const { body, messageId, contentType, correlationId, subject, to, replyTo } = received;
    assert.deepEqual(
      { body, messageId, contentType, correlationId, subject, to, replyTo },
      {
        ...{ body: sent.body, messageId: 'm1', contentType: 'application/json' },
        ...{ correlationId: 'c1', subject: 'label', to: 'there', replyTo: 'here' },
      },
    );
    assert.equal(received.replyToSessionId, 's');
    assert.equal(received.partitionKey, 'p');
    assert.equal(received.timeToLive, 60_000);
    assert.deepEqual(received.applicationProperties, {
      ...sent.applicationProperties,
      date: 5000,
    });
    assert.equal(received.state, 'active');
    assert.equal(received.deliveryCount, 0);
    assert.equal(received.sequenceNumber?.toNumber(), 1);
    const enqueuedMs = received.enqueuedTimeUtc?.getTime() ?? 0;
    assert.ok(Math.abs(enqueuedMs - clock.nowMs()) < 10_000);
    assert.equal(received.expiresAtUtc?.getTime(), enqueuedMs + 60_000);
    assert.match(received.lockToken ?? '', /^[0-9a-f]{8}-(?!0000-0000)/);
    await receiver.completeMessage(received);
    assert.deepEqual(await waiting(receiver), []);
  });

  it('may be an AMQP value or sequence, large, or one of a batch', async () => {
    const { sender, receiver } = newQueue();
    await sender.sendMessages({ body: ['a', 1], bodyType: 'value' });
    await sender.sendMessages({ body: [['a'], ['b']], bodyType: 'sequence' });
    const large = Buffer.alloc(200_000, 7);
    await sender.sendMessages({ body: large });
    const batch = await sender.createMessageBatch();
    assert.equal(batch.maxSizeInBytes, 262_144);
    let inBatch = 0;
    while (batch.tryAddMessage({ body: `b${inBatch}` })) inBatch++;
    await sender.sendMessages(batch);
    const received = await receiver.receiveMessages(3, { maxWaitTimeInMs: 5000 });
    assert.deepEqual(received[0]?.body, ['a', 1]);
    assert.deepEqual(received[1]?.body, [['a'], ['b']]);
    assert.ok(large.equals(received[2]?.body));
    assert.ok(inBatch > 1000);
  });

  it('that is too large is refused by name, and the link goes on', async () => {
    const { sender, receiver } = newQueue();
    await assert.rejects(sender.sendMessages({ body: Buffer.alloc(300_000) }), {
      code: 'MessageSizeExceeded',
    });
    await sender.sendMessages({ body: 'small' });
    assert.deepEqual(await waiting(receiver), ['small']);
  });

  it('comes more than 2048 times over one link', async () => {
    const { sender, receiver } = newQueue();
    const bodies = Array.from({ length: 5000 }, (_, index) => index);
    for (let at = 0; at < bodies.length; at += 500) {
      await sender.sendMessages(bodies.slice(at, at + 500).map((body) => ({ body })));
    }
    const received: number[] = [];
    const { promise: all, resolve, reject } = Promise.withResolvers<void>();
    const subscription = receiver.subscribe(
      {
        async processMessage({ body }) {
          received.push(body);
          if (received.length === bodies.length) resolve();
        },
        async processError({ error }) {
          reject(error);
        },
      },
      { maxConcurrentCalls: 50 },
    );
    await all;
    await subscription.close();
    assert.deepEqual(
      received.sort((left, right) => left - right),
      bodies,
    );
    assert.deepEqual(await waiting(receiver), []);
  });
});

describe('a lock', () => {
  it('is renewed, and lost when it is not', async () => {
    const { sender, receiver } = newQueue();
    await sender.sendMessages({ body: 'a' });
    const message = await receiveOne(receiver);
    advanceMs(40_000);
    const until = await receiver.renewMessageLock(message);
    assert.ok(Math.abs(until.getTime() - clock.nowMs() - 60_000) < 1000);
    advanceMs(40_000);
    assert.equal((await receiver.receiveMessages(1, { maxWaitTimeInMs: 300 })).length, 0);
    advanceMs(40_000);
    await assert.rejects(receiver.completeMessage(message), { code: 'MessageLockLost' });
    const again = await receiveOne(receiver);
    assert.equal(again.deliveryCount, 1);
  });

  it('outlives its receiver, which may be settled by another one, or expires', async () => {
    const { name, sender } = newQueue();
    await sender.sendMessages([{ body: 'a' }, { body: 'b' }]);
    const dying = client.createReceiver(name);
    const [a] = await dying.receiveMessages(2, { maxWaitTimeInMs: 5000 });
    assert.ok(a);
    await dying.close();
    const receiver = client.createReceiver(name);
    await receiver.completeMessage(a);
    assert.equal((await receiver.receiveMessages(1, { maxWaitTimeInMs: 300 })).length, 0);
    advanceMs(60_000);
    const b = await receiveOne(receiver);
    assert.deepEqual([b.body, b.deliveryCount], ['b', 1]);
  });
});

describe('settling', () => {
  it('abandon brings it back with its properties changed', async () => {
    const { sender, receiver } = newQueue();
    await sender.sendMessages({ body: 'a', applicationProperties: { kept: 1 } });
    await receiver.abandonMessage(await receiveOne(receiver), { custom: 'hello' });
    const again = await receiveOne(receiver);
    assert.equal(again.deliveryCount, 1);
    assert.deepEqual(again.applicationProperties, { kept: 1, custom: 'hello' });
  });

  it('ten times without success is a dead letter, with its reason', async () => {
    const { name, sender, receiver } = newQueue();
    await sender.sendMessages({ body: 'a' });
    for (let round = 0; round < 10; round++) {
      const message = await receiveOne(receiver);
      assert.equal(message.deliveryCount, round);
      await receiver.abandonMessage(message);
    }
    const deadLetters = client.createReceiver(name, { subQueueType: 'deadLetter' });
    const dead = await receiveOne(deadLetters);
    assert.equal(dead.deadLetterReason, 'MaxDeliveryCountExceeded');
    assert.equal(
      dead.deadLetterErrorDescription,
      'Message could not be consumed after 10 delivery attempts.',
    );
    assert.equal(dead.deliveryCount, 10);
    await deadLetters.completeMessage(dead);
    assert.deepEqual(await waiting(deadLetters), []);
  });

  it('as dead letter keeps reason, description and properties', async () => {
    const { name, sender, receiver } = newQueue();
    await sender.sendMessages({ body: 'a' });
    await receiver.deadLetterMessage(await receiveOne(receiver), {
      ...{ deadLetterReason: 'bad', deadLetterErrorDescription: 'no address' },
      custom: 'hello',
    });
    const deadLetters = client.createReceiver(name, {
      ...{ subQueueType: 'deadLetter', receiveMode: 'receiveAndDelete' },
    });
    const dead = await receiveOne(deadLetters);
    assert.equal(dead.deadLetterReason, 'bad');
    assert.equal(dead.deadLetterErrorDescription, 'no address');
    assert.equal(dead.applicationProperties?.custom, 'hello');
    assert.deepEqual(await waiting(deadLetters), []);
  });

  it('by deferring sets it aside until it is asked for', async () => {
    const { sender, receiver } = newQueue();
    await sender.sendMessages({ body: 'a' });
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    assert.equal((await receiver.receiveMessages(1, { maxWaitTimeInMs: 300 })).length, 0);
    const number = message.sequenceNumber;
    assert.ok(number);
    const [deferred] = await receiver.receiveDeferredMessages(number);
    assert.ok(deferred);
    assert.deepEqual([deferred.state, deferred.deliveryCount], ['deferred', 1]);
    await receiver.abandonMessage(deferred, { custom: 'hello' });
    const [again] = await receiver.receiveDeferredMessages([number]);
    assert.ok(again);
    assert.equal(again.deliveryCount, 2);
    assert.equal(again.applicationProperties?.custom, 'hello');
    await receiver.renewMessageLock(again);
    await receiver.completeMessage(again);
    await assert.rejects(receiver.receiveDeferredMessages(number), { code: 'MessageNotFound' });
  });
});

describe('a schedule', () => {
  it('keeps messages back, and gives their numbers for cancelling', async () => {
    const { sender, receiver } = newQueue();
    const at = new Date(clock.nowMs() + 60_000);
    const numbers = await sender.scheduleMessages([{ body: 'a' }, { body: 'b' }], at);
    await sender.sendMessages({ body: 'c', scheduledEnqueueTimeUtc: at });
    const [a] = numbers;
    assert.ok(a);
    await sender.cancelScheduledMessages(a);
    await assert.rejects(sender.cancelScheduledMessages(a), { code: 'MessageNotFound' });
    assert.equal((await receiver.receiveMessages(1, { maxWaitTimeInMs: 300 })).length, 0);
    const [peeked] = await receiver.peekMessages(1);
    assert.equal(peeked?.state, 'scheduled');
    advanceMs(60_000);
    const received = await receiver.receiveMessages(5, { maxWaitTimeInMs: 2000 });
    assert.deepEqual(received.map(({ body }) => body).sort(), ['b', 'c']);
  });
});

describe('limits', () => {
  it('expired messages go to the dead letters', async () => {
    const { name, sender } = newQueue({ deadLetteringOnMessageExpiration: true });
    await sender.sendMessages({ body: 'a', timeToLive: 1000 });
    advanceMs(1000);
    const deadLetters = client.createReceiver(name, { subQueueType: 'deadLetter' });
    assert.equal((await receiveOne(deadLetters)).deadLetterReason, 'TTLExpiredException');
  });

  it('a duplicate is accepted and dropped', async () => {
    const { sender, receiver } = newQueue({ requiresDuplicateDetection: true });
    await sender.sendMessages({ body: 'a', messageId: '1' });
    await sender.sendMessages([
      { body: 'b', messageId: '1' },
      { body: 'c', messageId: '2' },
    ]);
    assert.deepEqual(await waiting(receiver), ['a', 'c']);
  });

  it('a full queue refuses in words of its own, for batches and schedules, too', async () => {
    const { sender, receiver } = newQueue({ maxSizeInMegabytes: 1 });
    const large = { body: Buffer.alloc(250_000) };
    for (let index = 0; index < 5; index++) await sender.sendMessages(large);
    const full = { code: 'QuotaExceeded', message: /The maximum entity size has been reached/ };
    await assert.rejects(sender.sendMessages({ body: 'x' }), full);
    await assert.rejects(sender.sendMessages([{ body: 'x' }]), full);
    await assert.rejects(sender.scheduleMessages({ body: 'x' }, new Date()), full);
    await receiver.completeMessage(await receiveOne(receiver));
    await receiver.completeMessage(await receiveOne(receiver));
    await sender.sendMessages({ body: 'x' });
  });

  it('a disabled queue says so, and one that is not there', async () => {
    const { name, sender, receiver } = newQueue();
    await sender.sendMessages({ body: 'a' });
    putQueue(name, { status: 'ReceiveDisabled' });
    await sender.sendMessages({ body: 'b' });
    await assert.rejects(receiver.receiveMessages(1), { code: 'MessagingEntityDisabled' });
    putQueue(name, { status: 'SendDisabled' });
    await receiveOne(receiver);
    await assert.rejects(sender.sendMessages({ body: 'c' }), { code: 'MessagingEntityDisabled' });
    serviceBus.removeQueue('demo-sb', name);
    await assert.rejects(client.createSender(name).sendMessages({ body: 'd' }), {
      code: 'MessagingEntityNotFound',
    });
    await assert.rejects(client.createReceiver(name).receiveMessages(1), {
      code: 'MessagingEntityNotFound',
    });
  });
});

describe('a topic', () => {
  it('gives each subscription what its rules select', async () => {
    putTopic('news');
    for (const name of ['all', 'red', 'large']) putSubscription('news', name);
    const sender = client.createSender('news');
    for (const name of ['red', 'large']) {
      await client.createRuleManager('news', name).deleteRule('$Default');
    }
    await client.createRuleManager('news', 'red').createRule('r', { subject: 'red' });
    await client
      .createRuleManager('news', 'large')
      .createRule('l', { sqlExpression: "quantity >= 10 AND sys.Label <> 'green'" });
    await sender.sendMessages([
      { body: 1, subject: 'red', applicationProperties: { quantity: 5 } },
      { body: 2, subject: 'blue', applicationProperties: { quantity: 10 } },
      { body: 3, subject: 'green', applicationProperties: { quantity: 20 } },
    ]);
    const bodies = (name: string) => waiting(client.createReceiver('news', name));
    assert.deepEqual(await bodies('all'), [1, 2, 3]);
    assert.deepEqual(await bodies('red'), [1]);
    assert.deepEqual(await bodies('large'), [2]);
  });

  it('shows its rules as they were made', async () => {
    putTopic('ruled');
    putSubscription('ruled', 'one');
    const rules = client.createRuleManager('ruled', 'one');
    const filter = {
      ...{ correlationId: 'c', messageId: 'm', to: 't', replyTo: 'r', subject: 's' },
      ...{ sessionId: 'i', replyToSessionId: 'j', contentType: 'x' },
      applicationProperties: { key1: 'value1', key2: 2, key3: true, key4: new Date(5000) },
    };
    await rules.createRule('correlation', filter);
    await rules.createRule('sql', { sqlExpression: 'price > 10' });
    await assert.rejects(rules.createRule('sql', { sqlExpression: 'price > 11' }), {
      message: /The messaging entity 'demo-sb:Topic:ruled\|one\|sql' already exists\./,
    });
    await assert.rejects(rules.createRule('bad', { sqlExpression: 'price >' }), /ends too early/);
    await assert.rejects(
      rules.createRule('acts', { subject: 'x' }, { sqlExpression: 'SET a = 1' }),
      /Rule actions are not supported/,
    );
    const listed = [];
    for await (const rule of rules.listRules()) listed.push(rule);
    assert.deepEqual(listed, [
      { name: '$Default', filter: { sqlExpression: '1=1' }, action: {} },
      { name: 'correlation', filter, action: {} },
      { name: 'sql', filter: { sqlExpression: 'price > 10' }, action: {} },
    ]);
    await assert.rejects(rules.deleteRule('none'), { code: 'MessagingEntityNotFound' });
  });

  it('keeps its schedule, and each subscription its dead letters', async () => {
    putTopic('later');
    putSubscription('later', 'one');
    const sender = client.createSender('later');
    const at = new Date(clock.nowMs() + 60_000);
    const [cancelled] = await sender.scheduleMessages([{ body: 'a' }, { body: 'b' }], at);
    assert.ok(cancelled);
    await sender.cancelScheduledMessages(cancelled);
    const receiver = client.createReceiver('later', 'one');
    assert.deepEqual(await waiting(receiver), []);
    advanceMs(60_000);
    await receiver.deadLetterMessage(await receiveOne(receiver));
    const deadLetters = client.createReceiver('later', 'one', { subQueueType: 'deadLetter' });
    assert.deepEqual(await waiting(deadLetters), ['b']);
  });
});
