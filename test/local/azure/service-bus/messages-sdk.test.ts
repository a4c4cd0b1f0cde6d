// Messages, locks and limits of a queue through the unmodified SDK.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { receiveOne, useOneClient } from './use-one-client.ts';

const { client, clock, serviceBus, putQueue, newQueue, waiting, advanceMs } = await useOneClient();

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
    serviceBus.removeQueue('demo-bus', name);
    await assert.rejects(client.createSender(name).sendMessages({ body: 'd' }), {
      code: 'MessagingEntityNotFound',
    });
    await assert.rejects(client.createReceiver(name).receiveMessages(1), {
      code: 'MessagingEntityNotFound',
    });
  });
});
