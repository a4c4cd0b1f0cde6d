// The table of forged and genuine tokens (test/local/azure/tokens/forgeries/) at the real doors: over TLS, with the
// words of each, and no connection that a token has caused. A door joins by a column in token-doors.ts.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Principal } from '../../local/azure/directory.ts';
import { startProgram } from '../local/azure/app-service/protected-site.ts';
import {
  otherUserAssigned,
  systemAssigned,
  userAssigned,
} from '../local/azure/tokens/embedded-tenant.ts';
import { claimForgeries } from '../local/azure/tokens/forgeries/claims.ts';
import { genuineTokens } from '../local/azure/tokens/forgeries/genuine.ts';
import { shapeForgeries } from '../local/azure/tokens/forgeries/shape.ts';
import { signatureForgeries } from '../local/azure/tokens/forgeries/signature.ts';
import {
  type Bench,
  createBench,
  type Forgery,
  type Sample,
} from '../local/azure/tokens/token-bench.ts';
import { decodePart } from '../local/azure/tokens/token-forgery.ts';
import { grant, groupId, useLocalAzure } from '../support/local-azure.ts';
import { watchOutgoingConnections } from '../support/outgoing-connections.ts';
import { StillClock } from '../support/still-clock.ts';
import { askForToken, deployInto, deploySite } from './forged-tokens-site.ts';
import { apiId, doorsTemplate } from './forged-tokens-template.ts';
import { assertNotTold, assertRefused, assertTaken, createPresenter } from './present-token.ts';
import { getOverTls } from './raw-https.ts';
import { type DoorColumn, doorColumns, names } from './token-doors.ts';

const clock = new StillClock();
const azure = await useLocalAzure({ clock });
const { journal, directory, tokens, signingKeys: keys } = azure;
const forgeries = [...signatureForgeries, ...shapeForgeries, ...claimForgeries];
const connections = watchOutgoingConnections();
const present = createPresenter(azure, connections);
const presentToken = (column: DoorColumn, token: string) =>
  present(column, [`Authorization: Bearer ${token}`]);

before(async () => {
  await deployInto(azure, doorsTemplate);
  await azure.storageReady;
  azure.serveSite(apiId, (await startProgram()).address);
  for (const principal of [systemAssigned, userAssigned, otherUserAssigned]) {
    directory.add(principal);
    grantAll(principal);
  }
});
after(() => connections.stop());

function grantAll(principal: Pick<Principal, 'principalId'>): void {
  for (const role of ['Reader', 'Key Vault Secrets User', 'Storage Blob Data Reader']) {
    grant(azure, principal, role, groupId(names.group));
  }
}

/** One more identity, with no role. */
function addPrincipal(): Principal {
  const ids = { principalId: crypto.randomUUID(), clientId: crypto.randomUUID() };
  const principal = { ...userAssigned, ...ids };
  directory.add(principal);
  return principal;
}

/** What no header can carry ends in the HTTP parser: 400 or 431, or a reset while it is still being sent. */
const fitsHeader = (token: string) => /^[\t\x20-\x7e]*$/.test(token) && token.length < 32_000;

/** The audience or issuer that the refusal may quote. */
function foundIn(token: string, problem: Forgery['problem']): string {
  if (problem !== 'audience' && problem !== 'issuer') return '';
  const { aud, iss } = decodePart(token, 1);
  const claim = problem === 'audience' ? aud : iss;
  return typeof claim === 'string' ? claim : '';
}

async function samplesOf({ make }: Sample, bench: Bench): Promise<readonly string[]> {
  const made = await make(bench);
  return typeof made === 'string' ? [made] : made;
}

it('the table holds F1 to F50; F51 to F54 and F60 stand below', () => {
  const numbers = forgeries.flatMap(({ name }) =>
    [...name.matchAll(/\bF(\d+)\b/g)].map(([, number]) => Number(number)),
  );
  const all = Array.from({ length: 50 }, (_, index) => index + 1);
  assert.deepEqual(
    numbers.sort((a, b) => a - b),
    all,
  );
});

for (const column of doorColumns) {
  describe(`the door ${column.door}`, () => {
    let bench: Bench;
    before(async () => {
      bench = await createBench(column.door, { clock, journal, directory, keys, tokens });
    });

    for (const forgery of forgeries) {
      it(`refuses ${forgery.name}, and takes the genuine one after it (F60)`, async () => {
        for (const token of await samplesOf(forgery, bench)) {
          const tried = await presentToken(column, token);
          assertNotTold(tried, token);
          if (fitsHeader(token)) {
            assertRefused(tried, column, forgery.problem, foundIn(token, forgery.problem));
          } else {
            assert.match(String(tried.answer?.status ?? 'reset'), /^(400|431|reset)$/);
            assert.deepEqual([...tried.entries, ...tried.connected], []);
          }
        }
        assertTaken(await presentToken(column, bench.genuine));
      });
    }

    it('grants nothing for F51 roles, wids and groups put in', async () => {
      const nobody = addPrincipal();
      const token = bench.forged({
        oid: nobody.principalId,
        appid: nobody.clientId,
        roles: ['Owner'],
        wids: ['62e90394-69f5-4237-9190-012177145e10'],
        groups: [userAssigned.principalId, azure.deployer.principalId],
      });
      const { answer } = await presentToken(column, token);
      // Graph has no roles here; see its mark. A site asks for none until its settings name who may call.
      const asksForNone = column.door === 'graph' || column.door === 'app-service';
      assert.equal(answer?.status, asksForNone ? 200 : 403, answer?.body);
    });

    it('refuses F52 two Authorization headers', async () => {
      const line = `Authorization: Bearer ${bench.genuine}`;
      assertRefused(await present(column, [line, line]), column, 'malformed');
      assertRefused(
        await present(column, [line, 'authorization: Basic eA==']),
        column,
        'malformed',
      );
    });

    it('refuses F53 a token in Basic, bare, in a cookie, in a header of another name, in the query', async () => {
      const { genuine } = bench;
      const basic = Buffer.from(`x:${genuine}`).toString('base64');
      for (const value of [`Basic ${basic}`, genuine, `Token ${genuine}`, `PoP ${genuine}`]) {
        const tried = await present(column, [`Authorization: ${value}`]);
        assertRefused(tried, column, 'otherScheme');
      }
      for (const line of [
        `Cookie: Authorization=Bearer ${genuine}`,
        `X-Authorization: Bearer ${genuine}`,
      ]) {
        assertRefused(await present(column, [line]), column, 'absent');
      }
      const inQuery = await present(
        column,
        [],
        `${column.target.includes('?') ? '&' : '?'}access_token=${genuine}`,
      );
      assert.equal(inQuery.answer?.status, 401);
      assertNotTold(inQuery, genuine);
    });

    it('refuses F54 no token, and two tokens', async () => {
      const { genuine } = bench;
      assertRefused(await present(column, []), column, 'absent');
      for (const value of ['Bearer', 'Bearer ', 'bearer  ']) {
        assertRefused(await present(column, [`Authorization: ${value}`]), column, 'empty');
      }
      assertRefused(await present(column, ['Authorization:']), column, 'otherScheme');
      for (const separator of [' ', ', ', ',']) {
        const tried = await presentToken(column, `${genuine}${separator}${genuine}`);
        assertRefused(tried, column, 'malformed');
      }
    });

    it('takes G1 a plain token, G7 with the scheme in any case', async () => {
      for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
        assertTaken(await present(column, [`authorization: ${scheme} ${bench.genuine}`]));
      }
    });

    for (const sample of genuineTokens) {
      it(`takes ${sample.name}`, async () => {
        for (const token of await samplesOf(sample, bench)) {
          assertTaken(await presentToken(column, token));
        }
      });
    }

    it('takes G8 system- and user-assigned identities', async () => {
      for (const principal of [systemAssigned, userAssigned]) {
        const { accessToken } = await tokens.issue(principal, bench.audience);
        assertTaken(await presentToken(column, accessToken));
      }
    });

    it('takes G11 a token of an identity that the app has no longer', async () => {
      const { identity } = await deploySite(azure, { isAssigned: true });
      grantAll(identity);
      const answer = await askForToken(azure, identity, bench.audience);
      const { access_token: token } = (await answer.json()) as { access_token: string };
      assertTaken(await presentToken(column, token));
      await deploySite(azure, { isAssigned: false });
      assert.equal((await askForToken(azure, identity, bench.audience)).status, 400);
      assertTaken(await presentToken(column, token));
    });

    it('takes G12 a hundred at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 100 }, () =>
          getOverTls(
            { ...column, port: azure.ports[column.door] ?? 0 },
            [...column.headers, `Authorization: Bearer ${bench.genuine}`],
            connections.createSocket,
          ),
        ),
      );
      assert.deepEqual([...new Set(answers.map((answer) => answer?.status))], [200]);
    });

    it('F60 refuses a token that it has just taken, once its principal is gone or its time is over', async () => {
      const principal = addPrincipal();
      grantAll(principal);
      const { accessToken } = await tokens.issue(principal, bench.audience, {
        lifetimeSeconds: 60,
      });
      assertTaken(await presentToken(column, accessToken));
      directory.remove(principal.principalId);
      assertRefused(await presentToken(column, accessToken), column, 'principal');
      directory.add(principal);
      assertTaken(await presentToken(column, accessToken));
      clock.advanceMs(361_000);
      assertRefused(await presentToken(column, accessToken), column, 'expired');
    });
  });
}
