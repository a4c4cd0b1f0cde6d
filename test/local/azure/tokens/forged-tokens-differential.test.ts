// Our verifier beside jose: whatever we take, jose takes; what jose takes and we refuse is in a written list.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { jwtVerify } from 'jose';
import { keyVaultAudiences } from '../../../../local/azure/tokens/audiences.ts';
import { TokenError, type TokenProblem } from '../../../../local/azure/tokens/tokens.ts';
import { createTenant, otherUserAssigned, tenantId, userAssigned } from './embedded-tenant.ts';
import { base64Url, decodePart, type Json, signParts } from './token-forgery.ts';

// 100,000 take a minute: FORGERY_MUTATIONS=100000 node --test …; a failure names the seed to replay.
const MUTATIONS = Number(process.env.FORGERY_MUTATIONS ?? 2000);
const FIRST_SEED = Number(process.env.FORGERY_SEED ?? 1);

let tenant: Awaited<ReturnType<typeof createTenant>>;
let genuine: string;
before(async () => {
  tenant = await createTenant();
  genuine = (await tenant.tokens.issue(userAssigned, 'https://vault.azure.net')).accessToken;
});

/** Mulberry32: a seed gives the same mutation everywhere. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = ReturnType<typeof createRandom>;

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1,
  300,
  4102444800,
  1e30,
  1.5,
  '',
  'x',
  'none',
  'HS256',
  'RS256',
  'JWT',
  'at+jwt',
  [],
  ['x'],
  {},
  { a: 1 },
  tenantId,
  userAssigned.principalId,
  otherUserAssigned.principalId,
  otherUserAssigned.clientId,
  `https://sts.windows.net/${tenantId}/`,
  'https://vault.azure.net',
  'https://vault.azure.net/',
  'https://management.azure.com/',
  ['https://vault.azure.net'],
  '1.0',
  '2.0',
  'app',
  'user',
];
const HEADER_NAMES = ['alg', 'kid', 'typ', 'x5t', 'crit', 'b64', 'jwk', 'jku', 'cty', 'zip', 'x'];
const CLAIM_NAMES = [
  'aud',
  'iss',
  'exp',
  'nbf',
  'iat',
  'oid',
  'appid',
  'tid',
  'ver',
  'idtyp',
  'scp',
  'roles',
  'sub',
  'x',
];

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)] as T;
}

function mutateObject(random: Random, object: Json, names: readonly string[]): Json {
  const name = pick(random, names);
  if (random(4) === 0)
    return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
  return { ...object, [name]: pick(random, VALUES) };
}

/** A name repeated, a part with odd bytes, or members changed: then signed by our own key. */
function mutateBeforeSigning(random: Random): string {
  let header: string = JSON.stringify(decodePart(genuine, 0));
  let payload: string = JSON.stringify(decodePart(genuine, 1));
  for (let changes = 1 + random(2); changes > 0; changes--) {
    const isHeader = random(3) === 0;
    const names = isHeader ? HEADER_NAMES : CLAIM_NAMES;
    let text = isHeader ? header : payload;
    try {
      text = JSON.stringify(mutateObject(random, JSON.parse(text), names));
    } catch {
      // An earlier change made it something else than JSON: leave it so.
    }
    if (random(5) === 0)
      text = text.replace(
        '{',
        `{${JSON.stringify(pick(random, names))}:${JSON.stringify(pick(random, VALUES))},`,
      );
    if (random(12) === 0)
      text = pick(random, [
        `\ufeff${text}`,
        ` ${text}`,
        `${text}\n`,
        `[${text}]`,
        text.slice(0, -1),
        `${text}x`,
      ]);
    if (isHeader) header = text;
    else payload = text;
  }
  return signParts(base64Url(header), base64Url(payload), tenant.keys.current().privateKey);
}

/** Characters of the finished token changed, put in or left out. */
function mutateAfterSigning(random: Random): string {
  const at = random(genuine.length);
  const character = pick(random, [...'AZaz09-_.+/= \n\0é']);
  const rest = genuine.slice(at + random(2));
  return genuine.slice(0, at) + pick(random, [character, '', character + character]) + rest;
}

async function verdictOfJose(token: string): Promise<boolean> {
  const key = (header: { kid?: string }) => {
    const found = typeof header.kid === 'string' ? tenant.keys.find(header.kid) : undefined;
    if (!found) throw new Error('no such key');
    return found;
  };
  const options = {
    algorithms: ['RS256'],
    audience: [...keyVaultAudiences],
    issuer: `https://sts.windows.net/${tenantId}/`,
    clockTolerance: 300,
    requiredClaims: ['exp', 'nbf', 'iat'],
    currentDate: new Date(tenant.clock.nowMs()),
  };
  return jwtVerify(token, key, options).then(
    () => true,
    () => false,
  );
}

/**
 * Why we may refuse what jose takes. Our rules are stricter in: plain base64url and JSON (a name twice, a byte order mark),
 * header members that we do not take, `typ`, `aud` as array, times that are no whole numbers, `iat` ahead,
 * `tid` and `ver`, and everything about the principal.
 */
const STRICTER: ReadonlySet<TokenProblem> = new Set([
  'malformed',
  'audience',
  'issuer',
  'principal',
  'notYetValid',
]);

test(`${MUTATIONS} seeded mutations: nothing passes here that jose refuses`, async () => {
  const taken: Record<'both' | 'neither' | 'joseOnly', number> = {
    both: 0,
    neither: 0,
    joseOnly: 0,
  };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + MUTATIONS; seed++) {
    const random = createRandom(seed);
    const token = random(3) === 0 ? mutateAfterSigning(random) : mutateBeforeSigning(random);
    const jose = await verdictOfJose(token);
    const ours: unknown = await tenant.tokens
      .verify(token, keyVaultAudiences)
      .catch((error: unknown) => error);
    if (!(ours instanceof Error)) {
      assert.ok(jose, `seed ${seed}: taken here, refused by jose`);
      taken.both++;
      continue;
    }
    assert.ok(ours instanceof TokenError, `seed ${seed}: ${ours.stack}`);
    if (!jose) taken.neither++;
    else {
      assert.ok(STRICTER.has(ours.problem), `seed ${seed}: refused here only, for ${ours.problem}`);
      taken.joseOnly++;
    }
  }
  // The mutations reach all three: else this test would say nothing.
  assert.ok(
    Object.values(taken).every((count) => count > MUTATIONS / 100),
    JSON.stringify(taken),
  );
});
