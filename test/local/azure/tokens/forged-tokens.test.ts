// The table of forged and genuine tokens (numbers F and G). A door joins by adding a column to `doors`.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { keyVaultAudiences } from '../../../../local/azure/tokens/audiences.ts';
import { TokenError } from '../../../../local/azure/tokens/tokens.ts';
import { createTenant, systemAssigned, tenantId, userAssigned } from './embedded-tenant.ts';
import { claimForgeries } from './forgeries/claims.ts';
import { genuineTokens } from './forgeries/genuine.ts';
import { shapeForgeries } from './forgeries/shape.ts';
import { signatureForgeries } from './forgeries/signature.ts';
import { type Bench, createBench, type DoorName, doors } from './token-bench.ts';
import { decodePart, forge, without } from './token-forgery.ts';

const forgeries = [...signatureForgeries, ...shapeForgeries, ...claimForgeries];

for (const [door, audiences] of Object.entries(doors) as [DoorName, readonly string[]][]) {
  describe(`the verifier as ${door} calls it`, () => {
    let bench: Bench;

    before(async () => {
      bench = await createBench(door);
    });

    const verify = (token: string) => bench.tenant.tokens.verify(token, audiences);

    for (const { name, problem, make } of forgeries) {
      test(`refuses ${name}`, async () => {
        const made = await make(bench);
        const tokens = typeof made === 'string' ? [made] : made;
        assert.ok(tokens.length > 0);
        for (const token of tokens) {
          assert.notEqual(token, bench.genuine);
          await assert.rejects(verify(token), (error: unknown) => {
            assert.ok(error instanceof TokenError, String(error));
            assert.equal(error.problem, problem, `${error.message} ${token.slice(0, 200)}`);
            assert.ok(!token.includes('.') || !error.message.includes(token), 'quotes the token');
            return true;
          });
        }
        // F60: a refusal leaves nothing behind, and the genuine one still passes.
        assert.equal((await verify(bench.genuine)).principalId, userAssigned.principalId);
      });
    }

    test('F51 gives nothing for roles, wids and groups put in', async () => {
      const token = bench.forged({
        roles: ['Owner'],
        wids: ['62e90394-69f5-4237-9190-012177145e10'],
        groups: [systemAssigned.principalId],
      });
      assert.deepEqual(await verify(token), await verify(bench.genuine));
    });

    test('F60 refuses a token that it took before, once the principal is gone or time has passed', async () => {
      const tenant = await createTenant();
      const { accessToken } = await tenant.tokens.issue(userAssigned, bench.audience);
      await tenant.tokens.verify(accessToken, audiences);
      tenant.directory.remove(userAssigned.principalId);
      await assert.rejects(tenant.tokens.verify(accessToken, audiences), { problem: 'principal' });
      tenant.directory.add(userAssigned);
      await tenant.tokens.verify(accessToken, audiences);
      tenant.clock.advanceMs(86_400_000 + 301_000);
      await assert.rejects(tenant.tokens.verify(accessToken, audiences), { problem: 'expired' });
    });

    test('takes G1 a plain token and says whose it is', async () => {
      const { expiresOn, ...caller } = await verify(bench.genuine);
      assert.ok(expiresOn);
      assert.deepEqual(caller, {
        principalId: userAssigned.principalId,
        clientId: userAssigned.clientId,
        tenantId,
        audience: bench.audience,
        issuer: `https://sts.windows.net/${tenantId}/`,
        managedIdentityResourceId: userAssigned.resourceId,
      });
    });

    for (const { name, make } of genuineTokens) {
      test(`takes ${name}`, async () => {
        const made = await make(bench);
        for (const token of typeof made === 'string' ? [made] : made) {
          assert.equal((await verify(token)).principalId, userAssigned.principalId);
        }
      });
    }

    test('takes G8 system- and user-assigned identities', async () => {
      for (const principal of [systemAssigned, userAssigned]) {
        const { accessToken } = await bench.tenant.tokens.issue(principal, bench.audience);
        assert.equal((await verify(accessToken)).managedIdentityResourceId, principal.resourceId);
      }
    });

    test('takes G12 a hundred at once', async () => {
      const callers = await Promise.all(Array.from({ length: 100 }, () => verify(bench.genuine)));
      assert.equal(callers.length, 100);
    });

    describe('in a request', () => {
      const request = (...rawHeaders: string[]) =>
        bench.tenant.tokens.verifyRequest(rawHeaders, audiences);

      test('takes G7 the scheme in any case', async () => {
        for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
          const caller = await request('Host', 'x', 'authorization', `${scheme} ${bench.genuine}`);
          assert.equal(caller.principalId, userAssigned.principalId);
        }
      });

      test('refuses F52 two Authorization headers', async () => {
        const value = `Bearer ${bench.genuine}`;
        await assert.rejects(request('Authorization', value, 'authorization', value), {
          problem: 'malformed',
        });
      });

      test('refuses F53 a token that is elsewhere than in a Bearer header', async () => {
        const basic = Buffer.from(`x:${bench.genuine}`).toString('base64');
        for (const headers of [
          ['Authorization', `Basic ${basic}`],
          ['Authorization', bench.genuine],
          ['Cookie', `Authorization=Bearer ${bench.genuine}`],
          ['X-Authorization', `Bearer ${bench.genuine}`],
          [],
        ]) {
          await assert.rejects(request(...headers), { problem: 'missing' });
        }
      });

      test('refuses F54 no token and two tokens', async () => {
        for (const value of ['', 'Bearer', 'Bearer ', 'bearer  ']) {
          await assert.rejects(request('Authorization', value), { problem: 'missing' });
        }
        for (const separator of [' ', ', ', ',']) {
          const value = `Bearer ${bench.genuine}${separator}${bench.genuine}`;
          await assert.rejects(request('Authorization', value), { problem: 'malformed' });
        }
      });
    });
  });
}

test('quotes a foreign audience or issuer only if it is plain and short', async () => {
  const { tokens, keys } = await createTenant();
  const { accessToken } = await tokens.issue(userAssigned, 'https://vault.azure.net');
  const claims = without(decodePart(accessToken, 1), 'aud');
  const found = async (aud: unknown) => {
    const token = forge(keys.current(), { ...claims, aud });
    const error: unknown = await tokens.verify(token, keyVaultAudiences).catch((e: unknown) => e);
    assert.ok(error instanceof TokenError);
    return error.found;
  };
  assert.equal(await found('https://management.azure.com/'), 'https://management.azure.com/');
  assert.equal(await found('line\r\nbreak'), undefined);
  assert.equal(await found('x'.repeat(201)), undefined);
});
