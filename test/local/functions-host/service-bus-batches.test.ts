// Batches, sessions and subscriptions: the other ways in which the Service Bus trigger's messages come.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { receiveOne, runsOf, useMessagingAzure } from './messaging-azure.ts';

const { bus, grantReceiver, startHost } = await useMessagingAzure();

type Messages = Parameters<ReturnType<typeof bus.createSender>['sendMessages']>[0];
const sendTo = (entity: string, messages: Messages) =>
  bus.createSender(entity).sendMessages(messages);
const deadLetters = (queueName: string) =>
  bus.createReceiver(queueName, { subQueueType: 'deadLetter' });

describe('a batch', () => {
  it('22: is what waits, with arrays of metadata, empty bodies and strings left out', async (t) => {
    grantReceiver(t, 'queues/batches');
    await sendTo('batches', [
      { body: { n: 1 }, messageId: 'a', correlationId: '3', applicationProperties: { k: 1 } },
      { body: Buffer.alloc(0), messageId: 'b' },
      { body: { n: 2 }, messageId: 'c', subject: 'last' },
    ]);
    const host = await startHost(t, ['onBatch']);
    await host.printed(/onBatch ended with/);
    const [run, ...more] = runsOf(host, 'onBatch');
    assert.deepEqual(more, []);
    assert.deepEqual(run?.body, [{ n: 1 }, { n: 2 }]);
    const metadata = run?.triggerMetadata ?? {};
    assert.deepEqual(metadata.messageIdArray, ['a', 'b', 'c']);
    assert.deepEqual(metadata.correlationIdArray, [3], '22: parsed by the library, and alone');
    assert.deepEqual(metadata.subjectArray, ['last']);
    assert.deepEqual(metadata.labelArray, ['last']);
    assert.deepEqual(metadata.deliveryCountArray, [1, 1, 1]);
    assert.deepEqual(metadata.sequenceNumberArray, [
      { low: 1, high: 0, unsigned: false },
      { low: 2, high: 0, unsigned: false },
      { low: 3, high: 0, unsigned: false },
    ]);
    assert.deepEqual(metadata.applicationPropertiesArray, [{ k: 1 }, {}, {}]);
    assert.deepEqual(metadata.userPropertiesArray, [{ k: 1 }, {}, {}]);
    assert.equal((metadata.lockTokenArray as string[]).length, 3);
    assert.equal((metadata.enqueuedTimeUtcArray as string[]).length, 3);
    assert.deepEqual(await bus.createReceiver('batches').peekMessages(10), []);
  });

  it('23: is abandoned as a whole, and dead-lettered message by message', async (t) => {
    grantReceiver(t, 'queues/batches');
    await sendTo('batches', [{ body: { throw: 'no' } }, { body: { innocent: true } }]);
    const host = await startHost(t, ['onBatch']);
    const dead = [
      await receiveOne(deadLetters('batches')),
      await receiveOne(deadLetters('batches')),
    ];
    assert.deepEqual(
      dead.map((message) => message?.deadLetterReason),
      ['MaxDeliveryCountExceeded', 'MaxDeliveryCountExceeded'],
    );
    const counts = runsOf(host, 'onBatch').map((run) => run.triggerMetadata.deliveryCountArray);
    assert.deepEqual(counts, [
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('23: waits for the one before it', async (t) => {
    grantReceiver(t, 'queues/batches');
    const host = await startHost(t, ['onBatch']);
    await sendTo('batches', { body: { wait: 500, n: 1 } });
    await host.printed(/onBatch ran with .*"n":1/);
    await sendTo('batches', [{ body: { n: 2 } }, { body: { n: 3 } }]);
    await host.printed(/onBatch ended with .*"n":3/);
    const order = host.output().match(/onBatch (ran|ended) with/g);
    assert.deepEqual(order, [
      'onBatch ran with',
      'onBatch ended with',
      'onBatch ran with',
      'onBatch ended with',
    ]);
  });
});

describe('sessions', () => {
  it('are taken several at once, each in its order, and given back when they are idle', async (t) => {
    grantReceiver(t, 'queues/sessions');
    const host = await startHost(t, ['onSession']);
    const messages = [];
    for (const n of [1, 2, 3]) {
      for (const sessionId of ['a', 'b'])
        messages.push({ sessionId, body: { n, sessionId, wait: 20 } });
    }
    await sendTo('sessions', messages);
    await host.printed(/onSession ended with .*"n":3,"sessionId":"a"/);
    await host.printed(/onSession ended with .*"n":3,"sessionId":"b"/);
    const runs = runsOf(host, 'onSession') as { body: { n: number; sessionId: string } }[];
    for (const sessionId of ['a', 'b']) {
      const own = runs.filter(({ body }) => body.sessionId === sessionId);
      assert.deepEqual(
        own.map(({ body }) => body.n),
        [1, 2, 3],
        sessionId,
      );
    }
    assert.equal(runsOf(host, 'onSession')[0]?.triggerMetadata.sessionId, 'a');
    // sessionIdleTimeout is 1 s in this app.
    const session = await acceptWithin('sessions', 'a', 5_000);
    await session.close();
  });

  it('give a message back that its function threw at, and go on after it', async (t) => {
    grantReceiver(t, 'queues/sessions');
    const host = await startHost(t, ['onSession']);
    await sendTo('sessions', [
      { sessionId: 'c', body: { throw: 'never' } },
      { sessionId: 'c', body: { after: true } },
    ]);
    await host.printed(/onSession ended with .*after/);
    const runs = runsOf(host, 'onSession');
    assert.deepEqual(
      runs.map(({ triggerMetadata }) => triggerMetadata.deliveryCount),
      [1, 2, 3, 1],
    );
  });
});

/** A session may be the host's still. */
async function acceptWithin(queueName: string, sessionId: string, limitMs: number) {
  const endMs = performance.now() + limitMs;
  for (;;) {
    try {
      return await bus.acceptSession(queueName, sessionId);
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
  }
}

describe('a subscription', () => {
  it('is listened to by the names in the settings, with a role on it alone', async (t) => {
    grantReceiver(t, 'topics/news/subscriptions/readers');
    const host = await startHost(t, ['onNews']);
    await sendTo('news', { body: 'plain text', to: 'you' });
    await host.printed(/onNews ended with "plain text"/);
    assert.equal(runsOf(host, 'onNews')[0]?.triggerMetadata.to, 'you');
  });

  it('without the role is named in the refusal', async (t) => {
    const host = await startHost(t, ['onNews']);
    await host.printed(
      /lacks the role 'Azure Service Bus Data Receiver' on the subscription 'readers' of the topic 'news' of the namespace/,
    );
  });

  it('that does not exist is named, too', async (t) => {
    grantReceiver(t, 'topics/news');
    const host = await startHost(t, ['onNews'], { SUBSCRIPTION: 'nobody' });
    await host.printed(
      /the subscription 'nobody' of the topic 'news' of the namespace '[^']+' could not be found\./,
    );
  });
});
