// What each role opens and what stays shut, through the unmodified SDK: each refusal beside its success.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TokenCredential } from '@azure/core-auth';
import { MovableClock } from '../../../../local/azure/clock.ts';
import { grant } from '../../../support/local-azure.ts';
import {
  HOST,
  namespaceId,
  OWNER,
  queueId,
  RECEIVER,
  SENDER,
  subscriptionId,
  topicId,
  useServiceBus,
} from './use-service-bus.ts';

const clock = new MovableClock();
const { azure, putQueue, putTopic, putSubscription, identityWith, clientOf } = await useServiceBus({
  clock,
});
for (const name of ['orders', 'other']) putQueue(name);
putTopic('news');
for (const name of ['one', 'two']) putSubscription('news', name);

const send = (credential: TokenCredential, entity = 'orders') =>
  clientOf(credential).createSender(entity).sendMessages({ body: 'x' });
const receive = (credential: TokenCredential, entity = 'orders', subscription?: string) =>
  (subscription
    ? clientOf(credential).createReceiver(entity, subscription)
    : clientOf(credential).createReceiver(entity)
  ).receiveMessages(1, { maxWaitTimeInMs: 200 });
const peek = (credential: TokenCredential, entity = 'orders') =>
  clientOf(credential).createReceiver(entity).peekMessages(1);

/** In Azure's words, with the path in lower case. [Azure/azure-service-bus#258] */
const refusedFor = (claim: string, path: string) => ({
  code: 'UnauthorizedAccess',
  message: new RegExp(
    `Unauthorized access\\. '${claim}' claim\\(s\\) are required to perform this operation\\. Resource: 'sb://${HOST.replaceAll('.', '\\.')}/${path.replaceAll('$', '\\$')}'\\. TrackingId:[0-9a-f]{32}_G1, SystemTracker:gateway5, Timestamp:`,
  ),
});

describe('a role', () => {
  it('none: neither sends nor receives nor looks, and the decision says why', async () => {
    const { principal, credential } = identityWith();
    const since = azure.journal.position;
    await assert.rejects(send(credential), refusedFor('Send', 'orders'));
    await assert.rejects(receive(credential), refusedFor('Listen', 'orders'));
    await assert.rejects(peek(credential), { code: 'UnauthorizedAccess' });
    const decisions = azure.journal.since(since).filter((entry) => entry.kind === 'decision');
    assert.ok(decisions.every(({ allowed }) => !allowed));
    assert.deepEqual(
      decisions.slice(0, 2).map(({ action, scope, principalId }) => [action, scope, principalId]),
      [
        [
          'Microsoft.ServiceBus/namespaces/messages/send/action',
          queueId('orders'),
          principal.principalId,
        ],
        [
          'Microsoft.ServiceBus/namespaces/messages/receive/action',
          queueId('orders'),
          principal.principalId,
        ],
      ],
    );
  });

  it('Sender on the queue: sends and schedules, does not receive or look', async () => {
    const { credential } = identityWith([SENDER, queueId('orders')]);
    await send(credential);
    const sender = clientOf(credential).createSender('orders');
    const [number] = await sender.scheduleMessages({ body: 'x' }, new Date(Date.now() + 60_000));
    assert.ok(number);
    await sender.cancelScheduledMessages(number);
    await assert.rejects(receive(credential), refusedFor('Listen', 'orders'));
    await assert.rejects(peek(credential), { code: 'UnauthorizedAccess' });
  });

  it('Receiver on the queue: receives and looks, also at dead letters; does not send or schedule', async () => {
    const { credential } = identityWith([RECEIVER, queueId('orders')]);
    assert.equal((await receive(credential)).length, 1);
    await peek(credential);
    await receive(credential, 'orders/$DeadLetterQueue');
    await assert.rejects(send(credential), refusedFor('Send', 'orders'));
    await assert.rejects(
      clientOf(credential).createSender('orders').scheduleMessages({ body: 'x' }, new Date()),
      { code: 'UnauthorizedAccess' },
    );
  });

  it('on another queue: counts there only', async () => {
    const { credential } = identityWith([OWNER, queueId('other')]);
    await send(credential, 'other');
    assert.equal((await receive(credential, 'other')).length, 1);
    await assert.rejects(send(credential), refusedFor('Send', 'orders'));
    await assert.rejects(receive(credential), refusedFor('Listen', 'orders'));
  });

  it('on the namespace: is inherited by every entity', async () => {
    const { credential } = identityWith([SENDER, namespaceId], [RECEIVER, namespaceId]);
    for (const entity of ['orders', 'other', 'news']) await send(credential, entity);
    for (const queue of ['orders', 'other']) await receive(credential, queue);
    for (const name of ['one', 'two']) await receive(credential, 'news', name);
  });

  it('Sender on the topic: sends there, receives from no subscription', async () => {
    const { credential } = identityWith([SENDER, topicId('news')]);
    await send(credential, 'news');
    await assert.rejects(
      receive(credential, 'news', 'one'),
      refusedFor('Listen', 'news/subscriptions/one'),
    );
    await assert.rejects(send(credential), refusedFor('Send', 'orders'));
  });

  it('Receiver on one subscription: opens it and its rules, not the one beside it, not the topic', async () => {
    const { credential } = identityWith([RECEIVER, subscriptionId('news', 'one')]);
    assert.equal((await receive(credential, 'news', 'one')).length, 1);
    const rules = clientOf(credential).createRuleManager('news', 'one');
    await rules.createRule('mine', { subject: 'x' });
    await rules.deleteRule('mine');
    await assert.rejects(
      receive(credential, 'news', 'two'),
      refusedFor('Listen', 'news/subscriptions/two'),
    );
    await assert.rejects(
      clientOf(credential).createRuleManager('news', 'two').createRule('mine', { subject: 'x' }),
      { code: 'UnauthorizedAccess' },
    );
    await assert.rejects(send(credential, 'news'), refusedFor('Send', 'news'));
  });

  it('Receiver on the topic: opens all of its subscriptions', async () => {
    const { credential } = identityWith([RECEIVER, topicId('news')]);
    for (const name of ['one', 'two']) await receive(credential, 'news', name);
  });

  it('of Event Hubs, or of management: is none here', async () => {
    const { credential } = identityWith(
      ['Azure Event Hubs Data Owner', namespaceId],
      ['Contributor', namespaceId],
    );
    await assert.rejects(send(credential), refusedFor('Send', 'orders'));
    await assert.rejects(receive(credential), refusedFor('Listen', 'orders'));
  });

  it('that is taken away shows at the next link, and opens it again once it is back', async () => {
    const granted = identityWith([SENDER, queueId('orders')]);
    const sender = clientOf(granted.credential).createSender('orders');
    await sender.sendMessages({ body: 'x' });
    granted.revoke();
    // The link is open: what it was opened for still goes.
    await sender.sendMessages({ body: 'y' });
    await assert.rejects(send(granted.credential), refusedFor('Send', 'orders'));
    grant(azure, granted.principal, SENDER, queueId('orders'));
    await send(granted.credential);
  });

  it('that is taken away ends open links at the next token', async () => {
    const granted = identityWith([RECEIVER, queueId('orders')]);
    const client = clientOf(granted.credential);
    const { promise: ended, resolve } = Promise.withResolvers<Error>();
    const processError = async ({ error }: { error: Error }) => resolve(error);
    const subscription = client
      .createReceiver('orders')
      .subscribe({ processMessage: async () => {}, processError });
    const since = azure.journal.position;
    await azure.journal.waitFor(
      'the receiver',
      (entry) => entry.kind === 'message' && entry.operation === 'attach-receiver',
      { since },
    );
    granted.revoke();
    // Another receiver of the client puts a token for the same queue.
    await assert.rejects(client.createReceiver('orders').receiveMessages(1), {
      code: 'UnauthorizedAccess',
    });
    assert.match((await ended).message, /'Listen' claim\(s\) are required/);
    await subscription.close();
  });
});

describe('an entity that is not there', () => {
  it('is told at once', async () => {
    const { credential } = identityWith([OWNER, namespaceId]);
    const notFound = (path: string) => ({
      code: 'MessagingEntityNotFound',
      message: new RegExp(`The messaging entity 'sb://${HOST}/${path}' could not be found\\.`),
    });
    await assert.rejects(send(credential, 'nowhere'), notFound('nowhere'));
    await assert.rejects(
      receive(credential, 'news', 'nobody'),
      notFound('news/subscriptions/nobody'),
    );
    await assert.rejects(receive(credential, 'news'), /Cannot open a message receiver on a topic/);
  });
});

describe('a token', () => {
  const full = identityWith([OWNER, namespaceId]);
  const tokenOf = (make: () => Promise<string>): TokenCredential => ({
    getToken: async () => ({ token: await make(), expiresOnTimestamp: Date.now() + 3_600_000 }),
  });
  const issue = (audience: string, lifetimeSeconds = 3600) =>
    azure.tokens
      .issue(full.principal, audience, { lifetimeSeconds })
      .then((issued) => issued.accessToken);
  const BUS = 'https://servicebus.azure.net';

  it('of both spellings of the audience is taken', async () => {
    await send(tokenOf(() => issue(BUS)));
    await send(tokenOf(() => issue(`${BUS}/`)));
  });

  it("for Event Hubs, or for a vault, is refused in Azure's words", async () => {
    for (const audience of ['https://eventhubs.azure.net', 'https://vault.azure.net']) {
      await assert.rejects(send(tokenOf(() => issue(audience))), {
        code: 'UnauthorizedAccess',
        message: /InvalidAudience: Invalid authorization token audience\. TrackingId:/,
      });
    }
  });

  it('that has expired is refused, with the time', async () => {
    const old = await issue(BUS, 60);
    clock.advanceMs(60_000 + 301_000);
    await assert.rejects(send(tokenOf(async () => old)), {
      code: 'UnauthorizedAccess',
      message: /ExpiredToken: The token is expired\./,
    });
  });

  it('with a changed claim, a cut signature or none is refused', async () => {
    const token = await issue(BUS);
    const [header, payload = '', signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const other = Buffer.from(JSON.stringify({ ...claims, appid: 'x' })).toString('base64url');
    for (const bad of [
      `${header}.${other}.${signature}`,
      token.slice(0, -2),
      `${header}.${payload}.`,
      'x',
    ]) {
      await assert.rejects(send(tokenOf(async () => bad)), {
        code: 'UnauthorizedAccess',
        message: /InvalidSignature|MalformedToken/,
      });
    }
    await send(tokenOf(async () => token));
  });
});
