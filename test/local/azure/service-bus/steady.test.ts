// What must hold over time: restarts of the door, stress of subscribing and closing, many consumers of one queue.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { MessageHandlers, ServiceBusReceiver } from '@azure/service-bus';
import { namespaceId, OWNER, useServiceBus } from './use-service-bus.ts';

const { azure, putQueue, putTopic, putSubscription, identityWith, clientOf } =
  await useServiceBus();
const { credential } = identityWith([OWNER, namespaceId]);

/** What was under way when a link or connection ends is given up soon. */
const givingUpSoon = { maxRetries: 0, timeoutInMs: 2000 };
const retries = { ...givingUpSoon, maxRetries: 5, retryDelayInMs: 100 };

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Takes messages until so many have come, each completed; `bodies` grows as they do. */
function collect(receiver: ServiceBusReceiver, count: number, bodies: number[] = []) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const errors: Error[] = [];
  const subscription = receiver.subscribe(
    {
      async processMessage({ body }) {
        bodies.push(body);
        if (bodies.length === count) resolve();
      },
      async processError({ error }) {
        errors.push(error);
      },
    },
    { maxConcurrentCalls: 10 },
  );
  return { bodies, errors, all: promise, close: () => subscription.close() };
}

describe('a restart of the door on the same port', () => {
  it('loses nothing: senders and receivers go on, what was locked comes again', async () => {
    putQueue('restart', { lockDurationMs: 5000 });
    const client = clientOf(credential, retries);
    const sender = client.createSender('restart');
    const bodies = new Set<number>();
    const { promise: all, resolve } = Promise.withResolvers<void>();
    client.createReceiver('restart').subscribe(
      {
        async processMessage({ body }) {
          bodies.add(body);
          if (bodies.size === 300) resolve();
        },
        async processError() {},
      },
      { maxConcurrentCalls: 10 },
    );
    for (const round of range(3)) {
      await sender.sendMessages(range(100).map((index) => ({ body: round * 100 + index })));
      const since = azure.journal.position;
      await azure.closeDoor('messaging');
      await azure.openDoor('messaging');
      // What the SDK sends before it notices that the connection is gone waits for a minute.
      await azure.journal.waitFor(
        'the receiver that comes back',
        (entry) => entry.kind === 'message' && entry.operation === 'attach-receiver',
        { since },
      );
    }
    await all;
    assert.deepEqual(
      [...bodies].sort((a, b) => a - b),
      range(300),
    );
  });

  it('keeps deferred and scheduled messages, dead letters and session state', async () => {
    putQueue('kept');
    putQueue('kept-sessions', { requiresSession: true });
    const client = clientOf(credential, retries);
    const sender = client.createSender('kept');
    const receiver = client.createReceiver('kept');
    await sender.sendMessages([{ body: 'deferred' }, { body: 'dead' }]);
    const [deferred, dead] = await receiver.receiveMessages(2, { maxWaitTimeInMs: 5000 });
    assert.ok(deferred?.sequenceNumber && dead);
    await receiver.deferMessage(deferred);
    await receiver.deadLetterMessage(dead);
    const [scheduled] = await sender.scheduleMessages(
      { body: 'later' },
      new Date(Date.now() + 60_000),
    );
    const session = await client.acceptSession('kept-sessions', 'a');
    await session.setSessionState('step 2');
    await azure.closeDoor('messaging');
    await azure.openDoor('messaging');
    const again = clientOf(credential, retries);
    const [found] = await again
      .createReceiver('kept')
      .receiveDeferredMessages(deferred.sequenceNumber);
    assert.equal(found?.body, 'deferred');
    assert.ok(scheduled);
    await again.createSender('kept').cancelScheduledMessages(scheduled);
    const deadLetters = again.createReceiver('kept', { subQueueType: 'deadLetter' });
    assert.equal((await deadLetters.peekMessages(1))[0]?.body, 'dead');
    const sameSession = await again.acceptSession('kept-sessions', 'a');
    assert.equal(await sameSession.getSessionState(), 'step 2');
  });
});

describe('many consumers', () => {
  it('of one queue get each message once', async () => {
    putQueue('shared');
    const count = 600;
    const bodies: number[] = [];
    const receivers = range(3).map(() =>
      collect(clientOf(credential, givingUpSoon).createReceiver('shared'), count, bodies),
    );
    const sender = clientOf(credential, givingUpSoon).createSender('shared');
    for (const round of range(6)) {
      await sender.sendMessages(range(100).map((index) => ({ body: round * 100 + index })));
    }
    await Promise.race(receivers.map(({ all }) => all));
    for (const { close } of receivers) await close();
    assert.deepEqual(
      bodies.sort((a, b) => a - b),
      range(count),
    );
    assert.deepEqual(
      receivers.flatMap(({ errors }) => errors),
      [],
    );
  });

  it('of a topic get every message, in order', async () => {
    putTopic('wide');
    const names = range(5).map((index) => `s${index}`);
    for (const name of names) putSubscription('wide', name);
    const client = clientOf(credential, givingUpSoon);
    const sender = client.createSender('wide');
    for (const round of range(4)) {
      await sender.sendMessages(range(250).map((index) => ({ body: round * 250 + index })));
    }
    for (const name of names) {
      const receiver = client.createReceiver('wide', name, { receiveMode: 'receiveAndDelete' });
      const bodies: number[] = [];
      while (bodies.length < 1000) {
        const messages = await receiver.receiveMessages(1000, { maxWaitTimeInMs: 5000 });
        bodies.push(...messages.map(({ body }) => body));
      }
      assert.deepEqual(bodies, range(1000));
    }
  });
});

describe('subscribing and closing', () => {
  it('over and over, with messages on their way, keeps the connection and every message', async () => {
    putQueue('rounds', { lockDurationMs: 5000 });
    const client = clientOf(credential, givingUpSoon);
    const sender = client.createSender('rounds');
    const seen = new Set<number>();
    const errors: Error[] = [];
    const handlers: MessageHandlers = {
      processMessage: async ({ body }) => void seen.add(body),
      async processError({ error }) {
        // The SDK's own word for a receiver that is closed while it is made.
        if (!/suspended during initialization/.test(error.message)) errors.push(error);
      },
    };
    for (const round of range(25)) {
      await sender.sendMessages(range(40).map((index) => ({ body: round * 40 + index })));
      const receiver = client.createReceiver('rounds');
      receiver.subscribe(handlers, { maxConcurrentCalls: 20 });
      // Until some have come; the rest is still on its way when it closes.
      const before = seen.size;
      while (seen.size < before + 3) await setImmediate();
      await receiver.close();
    }
    const last = client.createReceiver('rounds');
    last.subscribe(handlers);
    while (seen.size < 1000) await setImmediate();
    await last.close();
    assert.deepEqual(errors, []);
    const opened = azure.journal
      .since()
      .filter((entry) => entry.kind === 'message' && entry.operation === 'attach-receiver');
    assert.ok(opened.length >= 26);
  });
});
