// The table of forged and genuine tokens (test/local/azure/tokens/forgeries/) at the door of Azure SQL, as logins over
// TDS 8.0: the door's words, no connection that a token has caused. F52 is HTTP's, F55 to F58 are AMQP's.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Principal } from '../../local/azure/directory.ts';
import {
  otherUserAssigned,
  systemAssigned,
  userAssigned,
} from '../local/azure/tokens/embedded-tenant.ts';
import { claimForgeries } from '../local/azure/tokens/forgeries/claims.ts';
import { genuineTokens } from '../local/azure/tokens/forgeries/genuine.ts';
import { shapeForgeries } from '../local/azure/tokens/forgeries/shape.ts';
import { signatureForgeries } from '../local/azure/tokens/forgeries/signature.ts';
import { type Bench, createBench, type Sample } from '../local/azure/tokens/token-bench.ts';
import { watchOutgoingConnections } from '../support/outgoing-connections.ts';
import { useSqlServer } from '../support/sql-server.ts';
import { createUser } from '../support/sql-session.ts';
import { StillClock } from '../support/still-clock.ts';
import { askForToken, deploySite } from './forged-tokens-site.ts';
import {
  assertBrokenOff,
  assertLetIn,
  assertLoginNotTold,
  assertLoginRefused,
  behindPassword,
  createLoginPresenter,
  inLogin,
  onRequest,
} from './present-login.ts';

const clock = new StillClock();
const { azure, admin, deploy } = await useSqlServer({ clock });
const { journal, directory, tokens, signingKeys: keys } = azure;
const forgeries = [...signatureForgeries, ...shapeForgeries, ...claimForgeries];
const connections = watchOutgoingConnections();
after(() => connections.stop());
const logIn = createLoginPresenter(azure, connections);

let bench: Bench;
before(async () => {
  const principals = [systemAssigned, userAssigned, otherUserAssigned];
  for (const principal of principals) directory.add(principal);
  await deploy(...principals.map((principal) => createUser(principal.displayName, principal)));
  bench = await createBench('sql', { clock, journal, directory, keys, tokens });
});

/** Before a login a message may have 64 KB, and a character of a token has two bytes. */
const fitsLogin = (token: string) => token.length < 32_000;

const samplesOf = async ({ make }: Sample) => [await make(bench)].flat();

function addPrincipal(displayName: string): Principal {
  const ids = { principalId: crypto.randomUUID(), clientId: crypto.randomUUID() };
  const principal = { ...userAssigned, ...ids, displayName };
  directory.add(principal);
  return principal;
}

describe('the door sql', () => {
  for (const forgery of forgeries) {
    it(`refuses ${forgery.name}, and lets the genuine one in after it (F60)`, async () => {
      const samples = await samplesOf(forgery);
      for (const token of samples) {
        const tried = await logIn(inLogin(token));
        assertLoginNotTold(tried, token);
        if (fitsLogin(token)) assertLoginRefused(tried, forgery.problem);
        else assertBrokenOff(tried, 4002);
      }
      const [token = ''] = samples;
      const asked = await logIn(onRequest(token));
      assertLoginNotTold(asked, token);
      if (fitsLogin(token)) assertLoginRefused(asked, forgery.problem);
      else assertBrokenOff(asked, 4002);
      assertLetIn(await logIn(inLogin(bench.genuine)));
    });
  }

  it('has no user for F51 roles, wids and groups put in', async () => {
    const nobody = addPrincipal('nobody');
    const token = bench.forged({
      oid: nobody.principalId,
      appid: nobody.clientId,
      roles: ['Owner'],
      wids: ['62e90394-69f5-4237-9190-012177145e10'],
      groups: [userAssigned.principalId, admin.principalId, azure.deployer.principalId],
    });
    const { errors } = await logIn(inLogin(token));
    const message = "Login failed for user '<token-identified principal>'.";
    assert.deepEqual(errors, [{ number: 18_456, message }]);
  });

  const asName = () => logIn(behindPassword(bench.genuine, bench.genuine));

  it('breaks off F53 a login whose name is a token, and repeats none of it', async () => {
    const tried = await asName();
    assertBrokenOff(tried, 4002);
    assert.ok(!tried.entries.some((entry) => entry.kind === 'decision' && entry.allowed));
    assertLoginNotTold(tried, bench.genuine);
  });

  it('refuses F54 an empty token, and two tokens', async () => {
    for (const token of ['', ' ', `${bench.genuine} ${bench.genuine}`, `Bearer ${bench.genuine}`]) {
      assertLoginRefused(await logIn(inLogin(token)), 'malformed');
      assertLoginRefused(await logIn(onRequest(token)), 'malformed');
    }
  });

  it('F59 breaks off a login whose token ends within a character, or elsewhere than it says', async () => {
    const odd = inLogin(bench.genuine).map(([type, data]) => {
      const changed = Buffer.from(data);
      const at = data.length - 1 - 2 * bench.genuine.length - 4;
      changed.writeUInt32LE(changed.readUInt32LE(at) - 1, at);
      return [type, changed] as const;
    });
    for (const messages of [odd, onRequest(bench.genuine, -1)]) {
      const tried = await logIn(messages);
      assertBrokenOff(tried, 4002);
      assertLoginNotTold(tried, bench.genuine);
    }
    assertLetIn(await logIn(onRequest(bench.genuine)));
  });

  it('F59 refuses a token for another name than the server has told the client', async () => {
    for (const aud of [
      'https://sql-test.database.windows.net/',
      'https://database.windows.net/.default',
      'https://ossrdbms-aad.database.windows.net',
      'https://database.usgovcloudapi.net/',
      'MSSQLSvc/sql-test.database.windows.net:1433',
    ]) {
      assertLoginRefused(await logIn(onRequest(bench.forged({ aud }))), 'audience');
    }
  });

  it('F59 refuses a name and a password, whatever token follows', async () => {
    for (const [userName, reason] of [
      ['sa', / Reason: Azure Active Directory only authentication is enabled/],
      ['', /^Login failed for user ''\.$/],
    ] as const) {
      const tried = await logIn(behindPassword(bench.genuine, userName));
      assert.deepEqual(
        tried.errors.map(({ number }) => number),
        [18_456],
      );
      assert.match(tried.errors[0]?.message ?? '', reason);
      assert.ok(!tried.entries.some((entry) => entry.kind === 'decision' && entry.allowed));
    }
  });

  it('lets in G1 a plain token', async () => {
    assertLetIn(await logIn(inLogin(bench.genuine)));
  });

  for (const sample of genuineTokens) {
    it(`lets in ${sample.name}`, async () => {
      for (const token of await samplesOf(sample)) {
        assertLetIn(await logIn(inLogin(token)));
        assertLetIn(await logIn(onRequest(token)));
      }
    });
  }

  it('lets in G8 system- and user-assigned identities', async () => {
    for (const principal of [systemAssigned, userAssigned]) {
      const { accessToken } = await tokens.issue(principal, bench.audience);
      assertLetIn(await logIn(inLogin(accessToken)));
    }
  });

  it('lets in G11 a token of an identity that the app has no longer', async () => {
    const { identity } = await deploySite(azure, { isAssigned: true });
    await deploy(createUser('assigned', identity));
    const answer = await askForToken(azure, identity, bench.audience);
    const { access_token: token } = (await answer.json()) as { access_token: string };
    assertLetIn(await logIn(inLogin(token)));
    await deploySite(azure, { isAssigned: false });
    assert.equal((await askForToken(azure, identity, bench.audience)).status, 400);
    assertLetIn(await logIn(inLogin(token)));
  });

  it('lets in G12 a hundred at once', async () => {
    const tries = await Promise.all(
      Array.from({ length: 100 }, () => logIn(inLogin(bench.genuine))),
    );
    assert.deepEqual(
      tries.flatMap(({ errors }) => errors),
      [],
    );
  });

  it('F60 refuses a token that it has just taken, once its principal is gone or its time is over', async () => {
    const principal = addPrincipal('short-lived');
    await deploy(createUser('short-lived', principal));
    const { accessToken } = await tokens.issue(principal, bench.audience, { lifetimeSeconds: 60 });
    assertLetIn(await logIn(inLogin(accessToken)));
    directory.remove(principal.principalId);
    assertLoginRefused(await logIn(inLogin(accessToken)), 'principal');
    directory.add(principal);
    assertLetIn(await logIn(inLogin(accessToken)));
    clock.advanceMs(361_000);
    assertLoginRefused(await logIn(inLogin(accessToken)), 'expired');
  });
});
