import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ServiceError } from '../../../../local/azure/http/service-error.ts';
import { MINUTE_MS, refuses, TestBus } from './test-bus.ts';
import { encodeTestMessage } from './test-message.ts';

const message = (body: string, more = {}) => encodeTestMessage(body, { id: body, ...more });
const sql = (expression: string) => ({ kind: 'sql', expression, parameters: {} }) as const;

function busWithNews(...subscriptions: string[]): TestBus {
  const bus = new TestBus();
  bus.putTopic('news');
  for (const name of subscriptions) bus.putSubscription('news', name);
  return bus;
}

const bodies = async (bus: TestBus, path: string) => (await bus.peek(path)).map(({ body }) => body);

describe('a topic', () => {
  it('gives each subscription its own copy', async () => {
    const bus = busWithNews('one', 'two');
    await bus.send('news', message('a'), message('b'));
    const receiver = bus.receiver('news/Subscriptions/one');
    const [first] = receiver.receive(2);
    assert.ok(first);
    receiver.complete(first);
    assert.deepEqual(await bodies(bus, 'news/Subscriptions/one'), ['b']);
    assert.deepEqual(await bodies(bus, 'news/subscriptions/TWO'), ['a', 'b']);
    const [other] = await bus.peek('news/Subscriptions/two');
    assert.equal(other?.annotations['x-opt-enqueue-sequence-number'], 1);
  });

  it('drops what no subscription takes, and is empty again when all have taken it', async () => {
    const bus = busWithNews();
    await bus.send('news', message('a'));
    bus.putSubscription('news', 'one');
    assert.deepEqual(await bodies(bus, 'news/Subscriptions/one'), []);
    await bus.send('news', message('b'));
    const topicId =
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.ServiceBus/namespaces/ns/queues/news';
    assert.ok((bus.bus.countMessages?.(topicId)?.sizeInBytes ?? 0) > 0);
    bus.receiver('news/Subscriptions/one', { settled: true }).receive();
    assert.equal(bus.bus.countMessages?.(topicId)?.sizeInBytes, 0);
  });

  it('drops duplicates for all subscriptions', async () => {
    const bus = new TestBus();
    bus.putTopic('news', { requiresDuplicateDetection: true });
    bus.putSubscription('news', 'one');
    await bus.send('news', message('a'), message('a'));
    assert.deepEqual(await bodies(bus, 'news/Subscriptions/one'), ['a']);
  });

  it('keeps scheduled messages itself, and counts and cancels them', async () => {
    const bus = busWithNews('one');
    const scheduledAtMs = bus.clock.nowMs() + MINUTE_MS;
    const messages = ['a', 'b'].map(
      (body) => new Map([['message', message(body, { scheduledAtMs })]]),
    );
    await bus.manage('news', 'schedule-message', { messages });
    assert.deepEqual(await bodies(bus, 'news/Subscriptions/one'), []);
    await bus.manage('news', 'cancel-scheduled-message', { 'sequence-numbers': [2] });
    bus.advanceMs(MINUTE_MS);
    assert.deepEqual(await bodies(bus, 'news/Subscriptions/one'), ['a']);
  });

  it('caps the time to live of its subscriptions', async () => {
    const bus = new TestBus();
    bus.putTopic('news', { defaultMessageTimeToLiveMs: 1000 });
    bus.putSubscription('news', 'one', { defaultMessageTimeToLiveMs: MINUTE_MS });
    await bus.send('news', message('a'));
    assert.equal((await bus.peek('news/Subscriptions/one'))[0]?.timeToLive, 1000);
  });

  it('is no place to receive from, and a subscription none to send to', async () => {
    const bus = busWithNews('one');
    await refuses('amqp:not-allowed', () => bus.receiver('news'));
    await refuses('amqp:not-allowed', () => bus.send('news/Subscriptions/one', message('a')));
    await refuses('amqp:not-found', () => bus.node('news/Subscriptions/none'));
    await refuses('amqp:not-found', () => bus.node('news/$DeadLetterQueue'));
  });

  it('dead-letters for a subscription with sessions what has none', async () => {
    const bus = busWithNews('plain');
    bus.putSubscription('news', 'sessions', { requiresSession: true });
    await bus.send('news', message('a'));
    const dead = bus.receiver('news/Subscriptions/sessions/$DeadLetterQueue').receiveOne();
    assert.equal(dead.properties.DeadLetterReason, 'Session ID is null');
    assert.deepEqual(await bodies(bus, 'news/Subscriptions/plain'), ['a']);
  });

  it('goes with its subscriptions', async () => {
    const bus = busWithNews('one');
    const { link } = bus.receiver('news/Subscriptions/one');
    bus.bus.removeTopic('ns', 'news');
    assert.equal(link.detachedWith?.condition, 'amqp:not-found');
    await refuses('amqp:not-found', () => bus.node('news/Subscriptions/one'));
  });
});

describe('the rules of a subscription', () => {
  it('select messages: one match is enough, and gives one copy', async () => {
    const bus = busWithNews('one');
    bus.putOnlyRule('news', 'one', sql("color = 'red'"));
    bus.bus.putRule({
      ...{ namespaceName: 'ns', topicName: 'news', subscriptionName: 'one', name: 'large' },
      filter: sql('size > 10'),
    });
    await bus.send('news', message('red', { properties: { color: 'red', size: 20 } }));
    await bus.send('news', message('large', { properties: { color: 'blue', size: 20 } }));
    await bus.send('news', message('neither', { properties: { color: 'blue', size: 5 } }));
    assert.deepEqual(await bodies(bus, 'news/Subscriptions/one'), ['red', 'large']);
  });

  it('take nothing once all of them are removed', async () => {
    const bus = busWithNews('one');
    await bus.manage('news/Subscriptions/one', 'remove-rule', { 'rule-name': '$Default' });
    await bus.send('news', message('a'));
    assert.deepEqual(await bodies(bus, 'news/Subscriptions/one'), []);
    await refuses('amqp:not-found', () =>
      bus.manage('news/Subscriptions/one', 'remove-rule', { 'rule-name': '$Default' }),
    );
  });

  it('are added on $management, once by name, and listed by name', async () => {
    const bus = busWithNews('one');
    const add = (name: string, description: Map<string, Map<string, string>>) =>
      bus.manage('news/Subscriptions/one', 'add-rule', {
        ...{ 'rule-name': name, 'rule-description': description },
      });
    const labelled = new Map([['correlation-filter', new Map([['label', 'red']])]]);
    await add('red', labelled);
    await refuses('com.microsoft:entity-already-exists', () => add('red', labelled));
    const bad = new Map([['sql-filter', new Map([['expression', 'color LIKES 1']])]]);
    await refuses('com.microsoft:argument-error', () => add('bad', bad));
    const acting = new Map([
      ...labelled,
      ['sql-rule-action', new Map([['expression', 'SET a = 1']])],
    ]);
    await refuses('amqp:not-implemented', () => add('acting', acting));
    const { body } = await bus.manage('news/Subscriptions/one', 'enumerate-rules', {
      top: 10,
      skip: 0,
    });
    assert.equal((body.rules as unknown[]).length, 2);
    const next = await bus.manage('news/Subscriptions/one', 'enumerate-rules', {
      top: 10,
      skip: 2,
    });
    assert.equal(next.statusCode, 204);
  });

  it('are refused at deployment when the filter cannot be read, by name', () => {
    const bus = busWithNews('one');
    assert.throws(
      () => bus.putOnlyRule('news', 'one', sql('color == 3')),
      (error) =>
        error instanceof ServiceError &&
        error.status === 400 &&
        error.message ===
          "The filter of rule 'only' is not valid: '=' is not expected at position 7.",
    );
  });

  it('that fail send the message to the dead-letter queue, or nowhere, as the subscription says', async () => {
    const bus = busWithNews('one');
    bus.putSubscription('news', 'two', { deadLetteringOnFilterEvaluationExceptions: false });
    for (const name of ['one', 'two']) bus.putOnlyRule('news', name, sql("size > 'ten'"));
    await bus.send('news', message('a', { properties: { size: 5 } }));
    const dead = bus.receiver('news/Subscriptions/one/$DeadLetterQueue').receiveOne();
    assert.match(String(dead.properties.DeadLetterErrorDescription), /'>' cannot be applied/);
    assert.deepEqual(await bodies(bus, 'news/Subscriptions/one'), []);
    assert.deepEqual(await bodies(bus, 'news/Subscriptions/two'), []);
    assert.deepEqual(await bodies(bus, 'news/Subscriptions/two/$DeadLetterQueue'), []);
  });

  it('correlate system and application properties, with case', async () => {
    const bus = busWithNews('one');
    bus.putOnlyRule('news', 'one', {
      ...{ kind: 'correlation', system: { label: 'order', correlationId: '7' } },
      properties: { Region: 'EU' },
    });
    const fitting = { subject: 'order', correlationId: '7', properties: { region: 'EU' } };
    await bus.send('news', message('fits', fitting));
    await bus.send('news', message('case', { ...fitting, properties: { region: 'eu' } }));
    await bus.send('news', message('label', { ...fitting, subject: 'Order' }));
    await bus.send('news', message('none', { subject: 'order', correlationId: '7' }));
    await bus.send('news', message('type', { ...fitting, properties: { region: 5 } }));
    assert.deepEqual(await bodies(bus, 'news/Subscriptions/one'), ['fits']);
  });
});
