// `$cbs` and what its tokens open, by a plain AMQP client: rows F55 to F58 and their like.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { MovableClock } from '../../../../local/azure/clock.ts';
import { HOST, hubId, OWNER, RECEIVER, SENDER, useEventHub } from '../event-hubs/use-event-hub.ts';
import { connectRaw, type RawClient } from './raw-client.ts';

const open: RawClient[] = [];
after(() => {
  for (const client of open) client.close();
});
const clock = new MovableClock();
const { azure, eventHubs, putHub, identityWith } = await useEventHub({ clock });
putHub('other');
const AUDIENCE = 'https://eventhubs.azure.net';

async function connect(hostname = HOST): Promise<RawClient> {
  const client = await connectRaw(azure, hostname);
  open.push(client);
  return client;
}

const owner = identityWith([OWNER, hubId('hub')], [OWNER, hubId('other')]);
const tokenOf = async ({ principal } = owner, lifetimeSeconds = 3600) =>
  (await azure.tokens.issue(principal, AUDIENCE, { lifetimeSeconds })).accessToken;

describe('put-token', () => {
  it('takes every form of the audience that SDKs send', async () => {
    const client = await connect();
    for (const name of [
      `sb://${HOST}/hub`,
      `amqps://${HOST}/hub`,
      `amqp://${HOST}:5671/hub/`,
      `sb://${HOST.toUpperCase()}/HUB`,
      `https://${HOST}/hub`,
      `sb://${HOST}/`,
      `sb://${HOST}`,
      `sb://${HOST}/hub/$management`,
      `sb://${HOST}/hub/Partitions/3`,
      `sb://${HOST}/hub/ConsumerGroups/$Default`,
      `sb://${HOST}/hub/ConsumerGroups/$Default/Partitions/0`,
      'hub',
    ]) {
      assert.equal((await client.putToken(name, await tokenOf())).status, 202, name);
    }
  });

  it('takes a token as bytes too', async () => {
    const client = await connect();
    const token = Buffer.from(await tokenOf());
    assert.equal((await client.putToken(`sb://${HOST}/hub`, token)).status, 202);
  });

  it('takes one for a partition that is not there: only the link is refused', async () => {
    const client = await connect();
    const name = `${HOST}/hub/Partitions/900`;
    assert.equal((await client.putToken(`sb://${name}`, await tokenOf())).status, 202);
    const { condition } = await client.sendTo(`amqps://${name}`);
    assert.equal(condition, 'com.microsoft:argument-out-of-range');
  });

  it('refuses for another namespace, and a node that is not there', async () => {
    const client = await connect();
    const token = await tokenOf();
    const foreign = await client.putToken('sb://other-ns.servicebus.windows.net/hub', token);
    assert.equal(foreign.status, 401);
    assert.match(
      foreign.description,
      /^InvalidAudience: The authorization header contains a token/,
    );
    for (const path of [
      'nowhere',
      'hub/..',
      'hub/../other',
      'hub/ConsumerGroups/nobody',
      '$cbs',
      'hub/x/y',
    ]) {
      const answer = await client.putToken(`sb://${HOST}/${path}`, token);
      assert.equal(answer.status, 404, path);
      assert.equal(answer.condition, 'amqp:not-found');
    }
  });

  it('[F55] refuses a JWT, or a SAS, under the type of SAS', async () => {
    const client = await connect();
    for (const token of [await tokenOf(), 'SharedAccessSignature sr=x&sig=y&se=1&skn=z']) {
      const answer = await client.putToken(
        `sb://${HOST}/hub`,
        token,
        'servicebus.windows.net:sastoken',
      );
      assert.equal(answer.status, 401);
      assert.equal(answer.condition, 'amqp:unauthorized-access');
      assert.match(answer.description, /^LocalAuthDisabled: /);
    }
  });

  it('refuses other types, operations and bodies', async () => {
    const client = await connect();
    const token = await tokenOf();
    const name = `sb://${HOST}/hub`;
    assert.equal((await client.putToken(name, token, 'JWT')).status, 400);
    assert.equal((await client.putToken(name, token, 'jwt', 'delete-token')).status, 400);
    for (const body of [null, 7, [token], { token }]) {
      assert.equal((await client.putToken(name, body)).status, 401, JSON.stringify(body));
    }
  });

  it('says nothing of the token in the journal', async () => {
    const token = await tokenOf();
    await (await connect()).putToken(`sb://${HOST}/hub`, token);
    const journal = JSON.stringify(azure.journal.since());
    assert.ok(!journal.includes(token.slice(0, 40)));
    assert.ok(!journal.includes(token.split('.')[1] ?? ''));
  });
});

const READER = 'hub/ConsumerGroups/$Default/Partitions/0';

describe('a link', () => {
  it('[F58] is refused before any token, and after it has expired', async () => {
    const client = await connect();
    const before = await client.receiveFrom(READER);
    assert.equal(before.hasTerminus, false);
    assert.equal(before.condition, 'amqp:unauthorized-access');
    await client.putToken(`sb://${HOST}/hub`, await tokenOf(owner, 60));
    assert.equal((await client.receiveFrom(READER)).condition, undefined);
    clock.advanceMs(60_000 + 301_000);
    assert.equal((await client.receiveFrom(READER)).condition, 'amqp:unauthorized-access');
  });

  it('[F57] is not opened by a token that was put on another connection', async () => {
    const first = await connect();
    await first.putToken(`sb://${HOST}/hub`, await tokenOf());
    assert.equal((await first.sendTo('hub')).condition, undefined);
    assert.equal((await (await connect()).sendTo('hub')).condition, 'amqp:unauthorized-access');
  });

  it('[F56] is opened by a token for its path or above, not beside or below', async () => {
    const expected: Record<string, readonly string[]> = {
      '': ['hub', 'hub/Partitions/1', READER, 'other'],
      hub: ['hub', 'hub/Partitions/1', READER],
      'hub/Partitions/1': ['hub/Partitions/1'],
      [READER]: [READER],
      'hub/$management': [],
      other: ['other'],
    };
    for (const [path, opened] of Object.entries(expected)) {
      const client = await connect();
      assert.equal((await client.putToken(`sb://${HOST}/${path}`, await tokenOf())).status, 202);
      for (const address of ['hub', 'hub/Partitions/1', 'other', READER]) {
        const isReader = address === READER;
        const outcome = await (isReader ? client.receiveFrom(address) : client.sendTo(address));
        const wanted = opened.includes(address) ? undefined : 'amqp:unauthorized-access';
        assert.equal(outcome.condition, wanted, `${address} with a token for '${path}'`);
      }
    }
  });

  it('is found by whole URLs and in any case; not on another host, nor by dots', async () => {
    const client = await connect();
    await client.putToken(`sb://${HOST}/`, await tokenOf());
    for (const address of [`amqps://${HOST}/hub`, `sb://${HOST}/HUB/`, 'Hub', '/hub']) {
      assert.equal((await client.sendTo(address)).condition, undefined, address);
    }
    for (const address of [
      'sb://evil.example/hub',
      'other/../hub',
      'hub/..',
      '',
      'hub/Publishers/p',
    ]) {
      assert.equal((await client.sendTo(address)).condition, 'amqp:not-found', address);
    }
  });

  it('of a receiver that is refused again and again is detached later and later', async () => {
    const client = await connect();
    const times: number[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      const start = performance.now();
      assert.equal((await client.receiveFrom(READER, 5000)).condition, 'amqp:unauthorized-access');
      times.push(performance.now() - start);
    }
    assert.ok((times[3] ?? 0) >= 240, String(times));
    assert.ok((times[4] ?? 0) >= 490, String(times));
  });

  it('in the wrong direction is refused by name', async () => {
    const client = await connect();
    await client.putToken(`sb://${HOST}/hub`, await tokenOf());
    assert.equal((await client.receiveFrom('hub')).condition, 'amqp:not-allowed');
    assert.equal((await client.sendTo(READER)).condition, 'amqp:not-allowed');
  });

  it("to a node's $management needs a token too", async () => {
    const client = await connect();
    assert.equal(
      (await client.receiveFrom('hub/$management')).condition,
      'amqp:unauthorized-access',
    );
    await client.putToken(`sb://${HOST}/hub/$management`, await tokenOf());
    assert.equal((await client.receiveFrom('hub/$management')).condition, undefined);
  });

  it('ends when its hub or its consumer group is removed', async () => {
    putHub('passing');
    eventHubs.putConsumerGroup({
      ...{ namespaceName: 'demo-ns', eventHubName: 'passing', name: 'group' },
      resourceId: `${hubId('passing')}/consumergroups/group`,
    });
    const everything = identityWith([OWNER, hubId('passing')]);
    const client = await connect();
    await client.putToken(`sb://${HOST}/`, await tokenOf(everything));
    const reader = client.receiveFrom('passing/ConsumerGroups/group/Partitions/0', 5000);
    await azure.journal.waitFor(
      'the reader',
      (entry) => entry.kind === 'message' && entry.entity.startsWith('passing/Con'),
    );
    eventHubs.removeConsumerGroup('demo-ns', 'passing', 'group');
    assert.equal((await reader).condition, 'amqp:not-found');
    const since = azure.journal.position;
    const sender = client.sendTo('passing', 5000);
    await azure.journal.waitFor(
      'the sender',
      (entry) => entry.kind === 'message' && entry.entity === 'passing',
      { since },
    );
    eventHubs.removeEventHub('demo-ns', 'passing');
    assert.equal((await sender).condition, 'amqp:not-found');
  });
});

describe("a request to the namespace's $management", () => {
  const READ = { operation: 'READ', name: 'hub', type: 'com.microsoft:eventhub' };

  it('is authorised by the token in it, as .NET does, or by that of $cbs', async () => {
    const token = await tokenOf();
    const shown = await connect();
    assert.equal(
      (await shown.request('$management', { ...READ, security_token: token })).status,
      200,
    );
    const put = await connect();
    await put.putToken(`sb://${HOST}/hub/$management`, token);
    assert.equal((await put.request('$management', READ)).status, 200);
  });

  it('is refused without a token, with a bad one, and without a role', async () => {
    const nobody = identityWith();
    const client = await connect();
    for (const more of [
      {},
      { security_token: 'x' },
      { security_token: await tokenOf(nobody) },
      {
        security_token: (await azure.tokens.issue(owner.principal, 'https://vault.azure.net'))
          .accessToken,
      },
    ]) {
      const answer = await client.request('$management', { ...READ, ...more });
      assert.equal(answer.status, 401);
      assert.equal(answer.condition, 'amqp:unauthorized-access');
    }
    const probe = await client.request('$management', { ...READ, name: 'nowhere' });
    assert.equal(probe.status, 401, 'a stranger does not learn what is there');
    await client.putToken(`sb://${HOST}/hub`, await tokenOf());
    const answer = await client.request('$management', { ...READ, security_token: 'x' });
    assert.equal(answer.status, 401, 'a bad token counts against a good one');
  });

  it('without a reply-to is answered on the link of the same session, as uamqp expects', async () => {
    const client = await connect();
    const properties = { ...READ, security_token: await tokenOf() };
    const answer = await client.request('$management', properties, { isWithoutReplyTo: true });
    assert.equal(answer.status, 200);
  });

  it('for what is not there, or not done here, is told so', async () => {
    const client = await connect();
    const security_token = await tokenOf();
    const ask = (more: object) =>
      client.request('$management', { ...READ, security_token, ...more });
    assert.equal((await ask({ name: 'nowhere' })).status, 404);
    assert.equal((await ask({ operation: 'DELETE' })).status, 501);
    assert.equal((await ask({ operation: 'constructor' })).status, 501);
    assert.equal((await ask({ type: 'com.microsoft:other' })).status, 501);
    assert.equal((await ask({ type: 'com.microsoft:partition', partition: '9' })).status, 400);
  });
});

describe('while a link is open', () => {
  let since = 0;
  /** Attaches; resolves with the outcome when the link is detached. */
  function openReader(client: RawClient) {
    since = azure.journal.position;
    return client.receiveFrom(READER, 10_000);
  }
  const isReading = () =>
    azure.journal.waitFor(
      'the reader',
      (entry) => entry.kind === 'message' && entry.operation === 'attach-receiver',
      { since },
    );

  it('a token that expires unrenewed ends it, with the reason', async () => {
    const client = await connect();
    await client.putToken(`sb://${HOST}/hub`, await tokenOf(owner, 600));
    const detached = openReader(client);
    await isReading();
    clock.advanceMs(600_000 + 301_000);
    const { condition, description } = await detached;
    assert.equal(condition, 'amqp:unauthorized-access');
    assert.match(description ?? '', /^Unauthorized access\. 'Listen' claim\(s\) are required/);
  });

  it('a token that is renewed in time keeps it', async () => {
    const client = await connect();
    await client.putToken(`sb://${HOST}/hub`, await tokenOf(owner, 600));
    let isDetached = false;
    void openReader(client).then(() => {
      isDetached = true;
    });
    await isReading();
    clock.advanceMs(500_000);
    await client.putToken(`sb://${HOST}/hub`, await tokenOf(owner, 600));
    clock.advanceMs(401_000 + 60_000);
    // The broker looks once a second.
    await new Promise((resolve) => setTimeout(resolve, 1300));
    assert.equal(isDetached, false);
  });

  it('a role that was taken away ends it at the renewal, and no sooner', async () => {
    const app = identityWith([RECEIVER, hubId('hub')]);
    const client = await connect();
    await client.putToken(`sb://${HOST}/hub`, await tokenOf(app));
    const detached = openReader(client);
    await isReading();
    app.revoke();
    const other = await client.putToken(`sb://${HOST}/other`, await tokenOf(app));
    assert.equal(other.status, 202);
    assert.equal((await client.putToken(`sb://${HOST}/hub`, await tokenOf(app))).status, 202);
    assert.equal((await detached).condition, 'amqp:unauthorized-access');
  });

  it('a renewal by an identity that may not ends it', async () => {
    const sender = identityWith([SENDER, hubId('hub')]);
    const client = await connect();
    await client.putToken(`sb://${HOST}/hub`, await tokenOf());
    const detached = openReader(client);
    await isReading();
    await client.putToken(`sb://${HOST}/hub`, await tokenOf(sender));
    assert.equal((await detached).condition, 'amqp:unauthorized-access');
  });
});
