// Topics, subscriptions and rules through the unmodified SDK.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { receiveOne, useOneClient } from './use-one-client.ts';

const { client, clock, putTopic, putSubscription, waiting, advanceMs } = await useOneClient();

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
      message: /The messaging entity 'demo-bus:Topic:ruled\|one\|sql' already exists\./,
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
