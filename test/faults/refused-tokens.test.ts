// What the app says of a 401, in the words of each target: no role would help, so none is named.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { MovableClock } from '../../local/azure/clock.ts';
import { createBlobs } from '../../shared/blobs.ts';
import { AppError } from '../../shared/errors.ts';
import { errorResponse } from '../../shared/http-response.ts';
import { createKeyVault } from '../../shared/key-vault.ts';
import { createResourceManager } from '../../shared/resource-manager.ts';
import { openFaultLab } from './fault-lab.ts';
import { assertNoSecret, assertProblem } from './promises.ts';

const clock = new MovableClock();
const lab = await openFaultLab(1, { clock });
const { fault } = lab.app();
const principal = lab.azure.directory.find(fault.principalId);
assert.ok(principal);
const tokenFor = async (audience: string) =>
  (await lab.azure.tokens.issue(principal, audience)).accessToken;

/** Calls the target with this token. */
const targets: Readonly<Record<string, readonly [string, (token: string) => Promise<unknown>]>> = {
  'resource-manager': [
    'https://management.azure.com',
    (token) => createResourceManager(giving(token), inHand).probe(fault.groupId),
  ],
  'key-vault': [
    'https://vault.azure.net',
    (token) =>
      createKeyVault(new URL(fault.settings.KEY_VAULT_URL ?? ''), giving(token), inHand).readSecret(
        fault.secretName,
      ),
  ],
  blobs: [
    'https://storage.azure.com',
    (token) =>
      createBlobs(
        new URL(fault.settings.SCAN_STATE_CONTAINER_URL ?? ''),
        giving(token),
        inHand,
      ).read('scan-checkpoint.json'),
  ],
};
const inHand = () => fault.principalId;
const giving = (token: string) => ({
  getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
});

const wrongTokens: Readonly<
  Record<string, readonly [(audience: string) => Promise<string>, said: RegExp]>
> = {
  'of another audience': [
    () => tokenFor('https://servicebus.azure.net'),
    /it was issued for another audience/,
  ],
  'that has ended': [
    async (audience) => {
      const token = await tokenFor(audience);
      clock.advanceMs(2 * 86_400_000);
      return token;
    },
    /it has expired/,
  ],
  'whose signature is not Entra’s': [
    async (audience) => {
      const [header, payload, signature = ''] = (await tokenFor(audience)).split('.');
      const other = signature.startsWith('A') ? 'B' : 'A';
      return `${header}.${payload}.${other}${signature.slice(1)}`;
    },
    /its signature is not trusted|it is damaged, or was not issued by Entra/,
  ],
};

for (const [target, [audience, call]] of Object.entries(targets)) {
  describe(`${target} refuses a token`, () => {
    for (const [name, [create, said]] of Object.entries(wrongTokens)) {
      it(`${name}: ACCESS_DENIED with that reason`, async () => {
        const token = await create(audience);
        const error = await call(token).then(
          () => assert.fail('it was taken'),
          (reason: unknown) => reason,
        );
        assert.ok(error instanceof AppError);
        assertProblem(error, 'ACCESS_DENIED');
        assert.equal(error.target, target);
        assert.match(error.message, said);
        assert.equal(error.access, undefined);
        assertNoSecret([inspect(error), String(errorResponse(error).body)], [token]);
      });
    }
  });
}
