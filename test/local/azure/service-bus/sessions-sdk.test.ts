// Sessions through the unmodified SDK.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { MovableClock } from '../../../../local/azure/clock.ts';
import { namespaceId, OWNER, useServiceBus } from './use-service-bus.ts';

const clock = new MovableClock();
const { azure, serviceBus, putQueue, identityWith, clientOf } = await useServiceBus({ clock });
const { credential } = identityWith([OWNER, namespaceId]);
const client = clientOf(credential);
/** The SDK renews session locks by itself; here the test decides. */
const manual = { maxAutoLockRenewalDurationInMs: 0 };
const soon = { maxWaitTimeInMs: 2000 };

let count = 0;
function newQueue() {
  const name = `queue-${count++}`;
  putQueue(name, { requiresSession: true });
  return { name, sender: client.createSender(name) };
}

function advanceMs(milliseconds: number): void {
  clock.advanceMs(milliseconds);
  serviceBus.runDue();
}

describe('a session', () => {
  it('is accepted by id and gives its messages in order', async () => {
    const { name, sender } = newQueue();
    for (const [sessionId, body] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const) {
      await sender.sendMessages({ sessionId, body });
    }
    const receiver = await client.acceptSession(name, 'a', manual);
    assert.equal(receiver.sessionId, 'a');
    const untilMs = receiver.sessionLockedUntilUtc.getTime();
    assert.ok(Math.abs(untilMs - clock.nowMs() - 60_000) < 5000);
    const messages = await receiver.receiveMessages(5, soon);
    assert.deepEqual(
      messages.map(({ body }) => body),
      [1, 3],
    );
    for (const message of messages) await receiver.completeMessage(message);
    assert.deepEqual(await receiver.peekMessages(5), []);
    await receiver.close();
  });

  it('that is locked is refused, and free once its receiver has closed', async () => {
    const { name, sender } = newQueue();
    await sender.sendMessages({ sessionId: 'a', body: 1 });
    const first = await client.acceptSession(name, 'a', manual);
    await assert.rejects(clientOf(credential).acceptSession(name, 'a', manual), {
      code: 'SessionCannotBeLocked',
    });
    await first.receiveMessages(1, soon);
    await first.close();
    const second = await client.acceptSession(name, 'a', manual);
    const [message] = await second.receiveMessages(1, soon);
    assert.deepEqual([message?.body, message?.deliveryCount], [1, 0]);
    await second.close();
  });

  it('comes next for who names none, and in time or not at all', async () => {
    const { name, sender } = newQueue();
    await sender.sendMessages({ sessionId: 'only', body: 1 });
    const first = await client.acceptNextSession(name, manual);
    assert.equal(first.sessionId, 'only');
    const waiting = clientOf(credential).acceptNextSession(name, manual);
    await sender.sendMessages({ sessionId: 'late', body: 2 });
    const second = await waiting;
    assert.equal(second.sessionId, 'late');
    const since = azure.journal.position;
    const impatient = client.acceptNextSession(newQueue().name, manual);
    const refusal = assert.rejects(impatient, {
      code: 'ServiceTimeout',
      message: /^The operation did not complete within the allotted timeout/,
    });
    await azure.journal.waitFor(
      'a receiver that waits',
      (entry) => entry.kind === 'decision' && entry.action.endsWith('receive/action'),
      { since },
    );
    await setImmediate();
    advanceMs(61_000);
    await refusal;
  });

  it('keeps its state, and clears it', async () => {
    const { name, sender } = newQueue();
    await sender.sendMessages({ sessionId: 'a', body: 1 });
    const first = await client.acceptSession(name, 'a', manual);
    assert.equal(await first.getSessionState(), null);
    await first.setSessionState({ step: 2 });
    await first.close();
    const second = await client.acceptSession(name, 'a', manual);
    assert.deepEqual(await second.getSessionState(), { step: 2 });
    await second.setSessionState(null);
    assert.equal(await second.getSessionState(), null);
    await second.close();
  });

  it('is renewed, and lost when it is not', async () => {
    const { name, sender } = newQueue();
    await sender.sendMessages({ sessionId: 'a', body: 1 });
    const receiver = await client.acceptSession(name, 'a', manual);
    const [message] = await receiver.receiveMessages(1, soon);
    assert.ok(message);
    advanceMs(40_000);
    const until = await receiver.renewSessionLock();
    assert.ok(Math.abs(until.getTime() - clock.nowMs() - 60_000) < 1000);
    advanceMs(61_000);
    while (!receiver.isClosed) await setImmediate();
    await assert.rejects(receiver.completeMessage(message), { code: 'SessionLockLost' });
    const again = await client.acceptSession(name, 'a', manual);
    const [redelivered] = await again.receiveMessages(1, soon);
    assert.equal(redelivered?.deliveryCount, 1);
    await again.close();
  });

  it('streams, defers and dead-letters like any queue', async () => {
    const { name, sender } = newQueue();
    await sender.sendMessages(
      [1, 2, 3].map((body) => ({ sessionId: 'a', body, messageId: `${body}` })),
    );
    const receiver = await client.acceptSession(name, 'a', manual);
    const [one, two, three] = await receiver.receiveMessages(3, soon);
    assert.ok(one && two && three);
    await receiver.deferMessage(one);
    assert.ok(one.sequenceNumber);
    await receiver.deadLetterMessage(two, {
      ...{ deadLetterReason: 'bad', deadLetterErrorDescription: 'no address' },
    });
    await receiver.abandonMessage(three, { custom: 'hello' });
    const [deferred] = await receiver.receiveDeferredMessages(one.sequenceNumber);
    assert.ok(deferred);
    await receiver.completeMessage(deferred);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    receiver.subscribe({
      processMessage: async ({ applicationProperties }) => resolve(applicationProperties?.custom),
      processError: async ({ error }) => reject(error),
    });
    assert.equal(await promise, 'hello');
    await receiver.close();
    const deadLetters = client.createReceiver(name, { subQueueType: 'deadLetter' });
    const [dead] = await deadLetters.receiveMessages(1, soon);
    assert.deepEqual([dead?.body, dead?.deadLetterReason], [2, 'bad']);
  });

  it('is asked of every sender and receiver of the queue, and of no other', async () => {
    const { name, sender } = newQueue();
    await assert.rejects(sender.sendMessages({ body: 1 }), {
      message: /^InvalidOperationError: The SessionId was not set on a message/,
    });
    await assert.rejects(client.createReceiver(name).receiveMessages(1), {
      message: /^InvalidOperationError: It is not possible for an entity that requires sessions/,
    });
    putQueue('plain');
    // The SDK shows its own words here [Azure/azure-sdk-for-js#2822].
    await assert.rejects(client.acceptSession('plain', 'a'), { code: 'SessionCannotBeLocked' });
  });
});
