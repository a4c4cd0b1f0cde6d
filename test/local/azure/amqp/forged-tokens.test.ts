// The table of forged and genuine tokens (numbers F and G) in put-token, at both services.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TokenProblem } from '../../../../local/azure/tokens/tokens.ts';
import { watchOutgoingConnections } from '../../../support/outgoing-connections.ts';
import { StillClock } from '../../../support/still-clock.ts';
import { HOST, useEventHub } from '../event-hubs/use-event-hub.ts';
import { otherUserAssigned, systemAssigned, userAssigned } from '../tokens/embedded-tenant.ts';
import { claimForgeries } from '../tokens/forgeries/claims.ts';
import { genuineTokens } from '../tokens/forgeries/genuine.ts';
import { shapeForgeries } from '../tokens/forgeries/shape.ts';
import { signatureForgeries } from '../tokens/forgeries/signature.ts';
import { type Bench, createBench } from '../tokens/token-bench.ts';
import { connectRaw, type RawClient } from './raw-client.ts';

const clock = new StillClock();
let client: RawClient;
let bench: Bench;
after(() => client?.close());
const { azure } = await useEventHub({ clock });
const { journal, directory, tokens, signingKeys: keys } = azure;
const connections = watchOutgoingConnections();
after(() => connections.stop());

before(async () => {
  for (const principal of [systemAssigned, userAssigned, otherUserAssigned])
    directory.add(principal);
  client = await connectRaw(azure, HOST);
  bench = await createBench('event-hubs', { clock, journal, directory, tokens, keys });
});

const words: Readonly<Record<Exclude<TokenProblem, 'missing'>, string>> = {
  malformed: 'MalformedToken: The token is malformed.',
  signature: 'InvalidSignature: The token has an invalid signature.',
  expired: 'ExpiredToken: The token is expired. Expiration time: ',
  notYetValid: 'InvalidToken: The token is not valid yet.',
  issuer: 'InvalidIssuer: Token issuer is invalid.',
  audience: 'InvalidAudience: Invalid authorization token audience.',
  principal: 'InvalidToken: The token is of no principal of this tenant.',
};

describe('put-token', () => {
  for (const { name, problem, make } of [
    ...signatureForgeries,
    ...shapeForgeries,
    ...claimForgeries,
  ]) {
    it(`refuses ${name}`, async () => {
      for (const token of [await make(bench)].flat()) {
        const before = connections.foreign.length;
        const answer = await client.putToken(`sb://${HOST}/hub`, token);
        assert.equal(answer.status, 401, answer.description);
        assert.equal(answer.condition, 'amqp:unauthorized-access');
        assert.ok(answer.description.startsWith(words[problem]), answer.description);
        assert.ok(!token.includes('.') || !answer.description.includes(token), 'quotes the token');
        assert.equal(connections.foreign.length, before, 'something was fetched');
      }
    });
  }

  for (const { name, make } of genuineTokens) {
    it(`takes ${name}`, async () => {
      for (const token of [await make(bench)].flat()) {
        const { status, description } = await client.putToken(`sb://${HOST}/hub`, token);
        assert.equal(status, 202, description);
      }
    });
  }

  it('opens nothing with what it refused: the connection has no claim by it', async () => {
    const other = await connectRaw(azure, HOST);
    await other.putToken(`sb://${HOST}/hub`, bench.forged({ aud: 'https://vault.azure.net' }));
    assert.equal((await other.sendTo('hub')).condition, 'amqp:unauthorized-access');
    other.close();
  });
});
