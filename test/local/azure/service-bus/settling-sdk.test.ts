// Settling, deferral and schedules through the unmodified SDK.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { receiveOne, useOneClient } from './use-one-client.ts';

const { client, clock, newQueue, waiting, advanceMs } = await useOneClient();

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
