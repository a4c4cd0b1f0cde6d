// The Service Bus trigger on the embedded broker, with the unmodified SDK on both sides.
// The numbers are those of the behaviours that were read in the real host's sources.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServiceBusClient } from '@azure/service-bus';
import type { JournalEntry } from '../../../local/azure/journal.ts';
import { BUS_HOST, receiveOne, runsOf, useMessagingAzure } from './messaging-azure.ts';
import { send } from './raw-request.ts';

const { azure, bus, createBus, identity, grantReceiver, startHost } = await useMessagingAzure();

const sendTo = (
  entity: string,
  messages: Parameters<ReturnType<typeof bus.createSender>['sendMessages']>[0],
) => bus.createSender(entity).sendMessages(messages);
/** The bodies of what is left in the queue: none, if everything is settled. */
const peekBodies = async (queueName: string) => {
  const receiver = bus.createReceiver(queueName);
  const messages = await receiver.peekMessages(100);
  await receiver.close();
  return messages.map(({ body }) => body);
};

/** Resolves when nothing is left in the queue. */
async function settled(queueName: string): Promise<void> {
  while ((await peekBodies(queueName)).length > 0);
}

describe('a queue trigger', () => {
  it('21, 22: gives body and metadata as the real host does, and completes', async (t) => {
    grantReceiver(t, 'queues/orders');
    const host = await startHost(t, ['onOrder']);
    await sendTo('orders', {
      body: {
        order: 7,
        correlationId: 'of the body',
        paid: true,
        at: '2026-11-25T13:45:00Z',
        lines: [1],
        none: null,
      },
      messageId: 'm-1',
      correlationId: '3',
      subject: 'sale',
      contentType: 'application/json',
      applicationProperties: { Kind: 'new', when: new Date('2026-11-25T01:02:03.400Z') },
    });
    await host.printed(/onOrder ended with/);
    const [run] = runsOf(host, 'onOrder');
    assert.ok(run);
    const {
      lockToken,
      sys,
      client,
      enqueuedTimeUtc,
      enqueuedTime,
      expiresAtUtc,
      expiresAt,
      ...rest
    } = run.triggerMetadata;
    const properties = { kind: 'new', when: '2026-11-25T01:02:03.4Z' };
    assert.deepEqual(rest, {
      ...{
        messageReceiver: {},
        messageSession: {},
        messageActions: {},
        sessionActions: {},
        receiveActions: {},
      },
      deliveryCount: 1,
      sequenceNumber: 1,
      messageId: 'm-1',
      contentType: 'application/json',
      ...{ subject: 'sale', label: 'sale' },
      correlationId: 'of the body',
      ...{ applicationProperties: properties, userProperties: properties },
      // The body's own.
      ...{ order: 7, paid: 'True', at: '11/25/2026 13:45:00' },
    });
    assert.match(String(lockToken), /^[0-9a-f-]{36}$/);
    assert.match(String(enqueuedTimeUtc), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/);
    assert.equal(enqueuedTime, `${enqueuedTimeUtc}+00:00`);
    assert.equal(expiresAt, `${expiresAtUtc}+00:00`);
    assert.deepEqual(Object.keys(sys as object), ['methodName', 'utcNow', 'randGuid']);
    assert.equal((client as { fullyQualifiedNamespace: string }).fullyQualifiedNamespace, BUS_HOST);
    await host.printed(/Trigger Details: MessageId: m-1, SequenceNumber: 1, DeliveryCount: 1, /);
    assert.equal(run.retryContext, undefined);
    assert.deepEqual(await peekBodies('orders'), []);
  });

  it('23: a throw gives the message back at once, until the queue dead-letters it', async (t) => {
    grantReceiver(t, 'queues/orders');
    const host = await startHost(t, ['onOrder']);
    const startedMs = performance.now();
    await sendTo('orders', { body: { throw: 'never' }, messageId: 'poison' });
    const dead = await receiveOne(bus.createReceiver('orders', { subQueueType: 'deadLetter' }));
    assert.ok(dead);
    assert.equal(dead.deadLetterReason, 'MaxDeliveryCountExceeded');
    assert.ok(performance.now() - startedMs < 5_000, 'without a delay');
    const counts = runsOf(host, 'onOrder').map(
      ({ triggerMetadata }) => triggerMetadata.deliveryCount,
    );
    assert.deepEqual(counts, [1, 2, 3]);
  });

  it('runs many at once, and keeps the lock of a slow one for as long as it runs', async (t) => {
    grantReceiver(t, 'queues/brief');
    const host = await startHost(t, ['onOrder'], { ORDERS: 'brief' });
    await sendTo('brief', [{ body: { wait: 6_000, name: 'slow' } }, { body: { name: 'quick' } }]);
    await host.printed(/onOrder ended with .*quick/);
    assert.deepEqual(await peekBodies('brief'), [{ wait: 6_000, name: 'slow' }]);
    await host.printed(/onOrder ended with .*slow/);
    assert.equal(runsOf(host, 'onOrder').length, 2, 'its lock of 5 s would have ended');
    assert.deepEqual(await peekBodies('brief'), []);
  });

  it('gives bytes to who asks for them', async (t) => {
    grantReceiver(t, 'queues/bytes');
    const host = await startHost(t, ['onBytes']);
    await sendTo('bytes', { body: Buffer.from([0, 1, 0xff]) });
    await host.printed('onBytes ran with {"isBuffer":true,"hex":"0001ff"}');
  });

  it('that is disabled takes nothing', async (t) => {
    grantReceiver(t, 'queues/orders');
    const host = await startHost(t, []);
    await sendTo('orders', { body: 'left alone' });
    assert.equal((await peekBodies('orders')).length, 1);
    await host.stop();
    const left = await receiveOne(
      bus.createReceiver('orders', { receiveMode: 'receiveAndDelete' }),
    );
    assert.equal(left?.body, 'left alone');
  });

  it('9: runs by the admin API with a body', async (t) => {
    const host = await startHost(t, []);
    const run = (body: string) =>
      send(host.baseUrl, '/admin/functions/onOrder', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    assert.equal((await run(JSON.stringify({ input: '{"by":"hand"}' }))).status, 202);
    await host.printed(/onOrder ended with/);
    const [first] = runsOf(host, 'onOrder');
    assert.deepEqual(first?.body, { by: 'hand' });
    const { sys, ...metadata } = first?.triggerMetadata ?? {};
    assert.ok(sys);
    assert.deepEqual(metadata, {
      by: 'hand',
      deliveryCount: 0,
      lockToken: '00000000-0000-0000-0000-000000000000',
      ...{
        expiresAtUtc: '9999-12-31T23:59:59.9999999',
        expiresAt: '9999-12-31T23:59:59.9999999+00:00',
      },
      ...{ enqueuedTimeUtc: '0001-01-01T00:00:00', enqueuedTime: '0001-01-01T00:00:00+00:00' },
      sequenceNumber: -1,
      ...{ applicationProperties: {}, userProperties: {} },
    });
    assert.equal((await run('{}')).status, 202);
    await host.printed("Executed 'Functions.onOrder' (Failed): it needs an input");
  });
});

describe('a queue trigger whose service goes away', () => {
  it('35: is back within 5 s of its restart, and no message is lost', async (t) => {
    grantReceiver(t, 'queues/orders');
    const host = await startHost(t, ['onOrder']);
    await sendTo('orders', { body: { name: 'before' } });
    await host.printed(/onOrder ended with .*before/);
    await settled('orders');
    await azure.closeDoor('messaging');
    await azure.openDoor('messaging');
    const openedMs = performance.now();
    await createBus(t)
      .createSender('orders')
      .sendMessages({ body: { name: 'after' } });
    await host.printed(/onOrder ended with .*after/);
    assert.ok(performance.now() - openedMs < 5_000, `${performance.now() - openedMs} ms`);
  });

  it('35: is back when it has been away for longer', async (t) => {
    grantReceiver(t, 'queues/orders');
    const host = await startHost(t, ['onOrder']);
    await sendThrough(createBus(t), { name: 'before' });
    await host.printed(/onOrder ended with .*before/);
    await settled('orders');
    await azure.closeDoor('messaging');
    t.after(() => azure.openDoor('messaging'));
    await host.printed(/'Functions.onOrder' was unable to start: .*ECONNREFUSED/);
    await azure.openDoor('messaging');
    const openedMs = performance.now();
    await sendThrough(createBus(t), { name: 'after' });
    await host.printed(/onOrder ended with .*after/);
    assert.ok(performance.now() - openedMs < 5_000, `${performance.now() - openedMs} ms`);
  });
});

describe('a host that stops', () => {
  it('ends what runs, completes it, and starts nothing any more', async (t) => {
    grantReceiver(t, 'queues/orders');
    const host = await startHost(t, ['onOrder']);
    await sendThrough(createBus(t), { wait: 1_000, name: 'under way' });
    await host.printed(/onOrder ran with .*under way/);
    const stopped = host.stop();
    const startedMs = performance.now();
    await sendThrough(createBus(t), { name: 'too late' });
    await stopped;
    assert.ok(performance.now() - startedMs < 10_000);
    assert.match(host.output(), /onOrder ended with .*under way/);
    assert.doesNotMatch(host.output(), /ran with .*too late/);
    const left = await receiveOne(
      createBus(t).createReceiver('orders', { receiveMode: 'receiveAndDelete' }),
    );
    assert.deepEqual(left?.body, { name: 'too late' });
    assert.equal(await receiveOne(createBus(t).createReceiver('orders')), undefined);
  });
});

const sendThrough = (client: ServiceBusClient, body: object) =>
  client.createSender('orders').sendMessages({ body });

describe('a queue trigger without its role', () => {
  it('36: says so once, naming role and entity, asks seldom, and starts when it is granted', async (t) => {
    const since = azure.journal.position;
    const host = await startHost(t, ['onOrder']);
    await host.printed(
      `The listener for function 'Functions.onOrder' was unable to start: the identity with client id ${identity.clientId} lacks the role 'Azure Service Bus Data Receiver' on the queue 'orders' of the namespace '${BUS_HOST}', or got it a moment ago. It is tried again.`,
    );
    await sendTo('orders', { body: { name: 'waits' } });
    await azure.journal.waitFor('the second refusal', isRefusal, {
      since: (await azure.journal.waitFor('a refusal', isRefusal, { since })).sequence,
    });
    grantReceiver(t, 'queues/orders');
    await host.printed("The listener for function 'Functions.onOrder' listens again.");
    await host.printed(/onOrder ended with .*waits/);
    assert.equal(host.output().match(/was unable to start/g)?.length, 1);
    const refusals = azure.journal.since(since).filter(isRefusal);
    for (const [index, refusal] of refusals.entries()) {
      const before = refusals[index - 1];
      // One question is asked of the link and of the message behind it.
      const waitedMs = refusal.atMs - (before?.atMs ?? 0);
      assert.ok(waitedMs < 100 || waitedMs > 4_900, `asked again after ${waitedMs} ms`);
    }
  });

  it('runs no function for a role on another queue', async (t) => {
    grantReceiver(t, 'queues/bytes');
    const host = await startHost(t, ['onOrder']);
    await host.printed(/lacks the role 'Azure Service Bus Data Receiver' on the queue 'orders'/);
  });
});

const isRefusal = (entry: JournalEntry) =>
  entry.kind === 'decision' && !entry.allowed && entry.principalId === identity.principalId;
