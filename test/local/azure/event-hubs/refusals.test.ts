// What each role opens and what stays shut, through the unmodified SDK.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TokenCredential } from '@azure/core-auth';
import { EventHubConsumerClient, EventHubProducerClient } from '@azure/event-hubs';
import { MovableClock } from '../../../../local/azure/clock.ts';
import { bodiesOf, publish, read } from './publish-and-read.ts';
import {
  HOST,
  hubId,
  namespaceId,
  noRetries,
  OWNER,
  RECEIVER,
  SENDER,
  useEventHub,
} from './use-event-hub.ts';

const clock = new MovableClock();
const { azure, eventHubs, putHub, identityWith, closeLater } = await useEventHub({ clock });
putHub('other');
eventHubs.putConsumerGroup({
  ...{ namespaceName: 'demo-ns', eventHubName: 'hub', name: 'archive' },
  resourceId: `${hubId('hub')}/consumergroups/archive`,
});

const producerOf = (credential: TokenCredential, hub = 'hub') =>
  closeLater(new EventHubProducerClient(HOST, hub, credential, noRetries));
const consumerOf = (credential: TokenCredential, hub = 'hub', group = '$Default') =>
  closeLater(new EventHubConsumerClient(group, HOST, hub, credential, noRetries));

const send = (credential: TokenCredential, hub?: string) =>
  publish(producerOf(credential, hub), ['x']);
const receive = (credential: TokenCredential, hub?: string, group?: string) =>
  read(consumerOf(credential, hub, group), 1, { partitionId: '0' });

const full = identityWith([OWNER, namespaceId]);
await publish(producerOf(full.credential), ['x'], { partitionId: '0' });
await publish(producerOf(full.credential, 'other'), ['x'], { partitionId: '0' });

/** In Azure's words, with the path in lower case. [Azure/azure-event-hubs-python#4] */
const refusedFor = (claim: 'Send' | 'Listen', path: string) => ({
  code: 'UnauthorizedError',
  message: new RegExp(
    `^Unauthorized access\\. '${claim}' claim\\(s\\) are required to perform this operation\\. Resource: 'sb://${HOST.replaceAll('.', '\\.')}/${path.replaceAll('$', '\\$')}'\\. TrackingId:[0-9a-f]{32}_G1, SystemTracker:gateway5, Timestamp:\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d$`,
  ),
});
const READER_PATH = 'hub/consumergroups/$default/partitions/0';

describe('a role', () => {
  it('none: neither sends nor receives, and the decision says why', async () => {
    const { principal, credential } = identityWith();
    const since = azure.journal.position;
    await assert.rejects(send(credential), refusedFor('Send', 'hub'));
    await assert.rejects(receive(credential), refusedFor('Listen', READER_PATH));
    const decisions = azure.journal.since(since).filter((entry) => entry.kind === 'decision');
    assert.deepEqual(
      decisions.map(({ allowed, action, scope, principalId }) => [
        allowed,
        action,
        scope,
        principalId,
      ]),
      [
        [
          false,
          'Microsoft.EventHub/namespaces/messages/send/action',
          hubId('hub'),
          principal.principalId,
        ],
        [
          false,
          'Microsoft.EventHub/namespaces/messages/receive/action',
          `${hubId('hub')}/consumergroups/$Default`,
          principal.principalId,
        ],
      ],
    );
  });

  it('Sender on the hub: sends, does not receive', async () => {
    const { credential } = identityWith([SENDER, hubId('hub')]);
    await send(credential);
    await assert.rejects(receive(credential), refusedFor('Listen', READER_PATH));
  });

  it('Receiver on the hub: receives, does not send', async () => {
    const { credential } = identityWith([RECEIVER, hubId('hub')]);
    assert.deepEqual(bodiesOf((await receive(credential)).slice(0, 1)), ['x']);
    await assert.rejects(send(credential), refusedFor('Send', 'hub'));
  });

  it('on another hub: counts there only', async () => {
    const { credential } = identityWith([OWNER, hubId('other')]);
    await send(credential, 'other');
    await receive(credential, 'other');
    await assert.rejects(send(credential), refusedFor('Send', 'hub'));
    await assert.rejects(receive(credential), refusedFor('Listen', READER_PATH));
  });

  it('on the namespace: is inherited by every hub', async () => {
    const { credential } = identityWith([SENDER, namespaceId], [RECEIVER, namespaceId]);
    for (const hub of ['hub', 'other']) {
      await send(credential, hub);
      await receive(credential, hub);
    }
  });

  it('Receiver on a consumer group: opens that group only', async () => {
    const { credential } = identityWith([RECEIVER, `${hubId('hub')}/consumergroups/archive`]);
    await receive(credential, 'hub', 'archive');
    await assert.rejects(receive(credential), refusedFor('Listen', READER_PATH));
  });

  it('of Service Bus: is none here', async () => {
    const { credential } = identityWith(['Azure Service Bus Data Owner', namespaceId]);
    await assert.rejects(send(credential), refusedFor('Send', 'hub'));
  });

  it('of management (Contributor): gives no events', async () => {
    const { credential } = identityWith(['Contributor', namespaceId]);
    await assert.rejects(send(credential), refusedFor('Send', 'hub'));
    await assert.rejects(receive(credential), refusedFor('Listen', READER_PATH));
  });

  it('Sender or Receiver: may ask for the partitions; none may not', async () => {
    for (const role of [SENDER, RECEIVER]) {
      const { credential } = identityWith([role, hubId('hub')]);
      assert.equal((await producerOf(credential).getPartitionIds()).length, 4);
    }
    const { credential } = identityWith();
    await assert.rejects(producerOf(credential).getPartitionIds(), {
      code: 'UnauthorizedError',
      message: /^Unauthorized access\. 'Listen,Send' claim\(s\) are required/,
    });
  });
});

describe('an entity that is not there', () => {
  it('is told at once, for a hub and for a namespace', async () => {
    await assert.rejects(send(full.credential, 'nowhere'), {
      code: 'MessagingEntityNotFoundError',
      message:
        /^The messaging entity 'sb:\/\/demo-ns\.servicebus\.windows\.net\/nowhere' could not be found\. TrackingId:/,
    });
    const producer = closeLater(
      new EventHubProducerClient(
        'nowhere.servicebus.windows.net',
        'hub',
        full.credential,
        noRetries,
      ),
    );
    // Azure has no DNS name for it; here the TLS handshake fails.
    await assert.rejects(publish(producer, ['x']));
  });

  it('was there: is gone with its events, and one of that name begins anew', async () => {
    putHub('passing');
    await publish(producerOf(full.credential, 'passing'), ['x'], { partitionId: '0' });
    eventHubs.removeEventHub('demo-ns', 'passing');
    await assert.rejects(send(full.credential, 'passing'), /could not be found/);
    putHub('passing');
    await publish(producerOf(full.credential, 'passing'), ['y'], { partitionId: '0' });
    assert.deepEqual(bodiesOf(await receive(full.credential, 'passing')), ['y']);
  });

  it('is disabled: says so', async () => {
    const settings = { namespaceName: 'demo-ns', name: 'off', resourceId: hubId('off') };
    const more = { partitionCount: 1, retentionHours: 1 };
    eventHubs.putEventHub({ ...settings, ...more, status: 'SendDisabled' });
    await assert.rejects(send(full.credential, 'off'), { code: 'MessagingEntityDisabledError' });
    eventHubs.putEventHub({ ...settings, ...more, status: 'ReceiveDisabled' });
    await send(full.credential, 'off');
    await assert.rejects(receive(full.credential, 'off'), { code: 'MessagingEntityDisabledError' });
  });
});

describe('a token', () => {
  const tokenOf = (make: () => Promise<string>): TokenCredential => ({
    getToken: async () => ({ token: await make(), expiresOnTimestamp: Date.now() + 3_600_000 }),
  });
  const issue = (audience: string, lifetimeSeconds = 3600) =>
    azure.tokens
      .issue(full.principal, audience, { lifetimeSeconds })
      .then((issued) => issued.accessToken);
  const HUBS = 'https://eventhubs.azure.net';

  it('of both spellings of the audience is taken', async () => {
    await send(tokenOf(() => issue(HUBS)));
    await send(tokenOf(() => issue(`${HUBS}/`)));
  });

  it("for Service Bus, or for a vault, is refused in Azure's words", async () => {
    for (const audience of ['https://servicebus.azure.net', 'https://vault.azure.net']) {
      await assert.rejects(send(tokenOf(() => issue(audience))), {
        code: 'UnauthorizedError',
        message: /^InvalidAudience: Invalid authorization token audience\. TrackingId:/,
      });
    }
  });

  it('that has expired is refused, with the time', async () => {
    const old = await issue(HUBS, 60);
    clock.advanceMs(60_000 + 301_000);
    await assert.rejects(send(tokenOf(async () => old)), {
      code: 'UnauthorizedError',
      message:
        /^ExpiredToken: The token is expired\. Expiration time: '\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ'\./,
    });
  });

  it('with a changed claim, a cut signature or none is refused', async () => {
    const token = await issue(HUBS);
    const [header, payload = '', signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, oid: claims.oid })).toString(
      'base64url',
    );
    const other = Buffer.from(JSON.stringify({ ...claims, appid: 'x' })).toString('base64url');
    for (const bad of [
      `${header}.${other}.${signature}`,
      token.slice(0, -2),
      `${header}.${forged}.`,
      'x',
    ]) {
      await assert.rejects(send(tokenOf(async () => bad)), {
        code: 'UnauthorizedError',
        message:
          /^(InvalidSignature: The token has an invalid signature|MalformedToken: The token is malformed)\./,
      });
    }
  });
});

describe('while connected', () => {
  it('a role that is taken away shows at the next token', async () => {
    const { credential, revoke } = identityWith([SENDER, hubId('hub')]);
    const producer = producerOf(credential);
    await publish(producer, ['x']);
    revoke();
    // The link is open: what it was opened for still goes.
    await publish(producer, ['y']);
    // Another sender of the same client puts a token for its own partition, which changes nothing for the hub.
    await assert.rejects(
      publish(producer, ['z'], { partitionId: '1' }),
      refusedFor('Send', 'hub/partitions/1'),
    );
    await publish(producer, ['y']);
  });
});
