// Our verifier beside jose: whatever we take, jose takes; what jose takes and we refuse is in a written list.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { jwtVerify } from 'jose';
import { keyVaultAudiences } from '../../../../local/azure/tokens/audiences.ts';
import { TokenError, type TokenProblem } from '../../../../local/azure/tokens/tokens.ts';
import { createTenant, otherUserAssigned, tenantId, userAssigned } from './embedded-tenant.ts';
import { base64Url, decodePart, type Json, signParts } from './token-forgery.ts';

// 100,000 take half a minute: FORGERY_MUTATIONS=100000 node --test …; a failure names the seed to replay.
const MUTATIONS = Number(process.env.FORGERY_MUTATIONS ?? 4000);
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

interface Read {
  readonly header: Json;
  readonly claims: Json;
  /** Text of the parts. */
  readonly texts: readonly [header: string, payload: string];
}

const isTime = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const TIMES = ['iat', 'nbf', 'exp'] as const;

/**
 * Why we may refuse what jose takes, and nothing else: each with what has to be wrong with the token. The name is
 * that of our refusal.
 */
const STRICTER: Readonly<
  Record<string, readonly [problem: TokenProblem, isSo: (token: Read, text: string) => boolean]>
> = {
  // jose decodes with Node, which passes over what is no base64url.
  'base64url in another spelling': [
    'malformed',
    (_, token) =>
      token.split('.').some((part) => base64Url(Buffer.from(part, 'base64url')) !== part),
  ],
  'a byte order mark': ['malformed', ({ texts }) => texts.some((text) => text[0] === '\ufeff')],
  'a name twice': [
    'malformed',
    ({ texts }) =>
      texts.some(
        (text) => JSON.stringify(parse(text)).length < text.replace(/^\ufeff/, '').trim().length,
      ),
  ],
  'a header that changes what is read or signed': [
    'malformed',
    ({ header }) =>
      ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc', 'cty'].some((name) =>
        Object.hasOwn(header, name),
      ),
  ],
  'another typ': ['malformed', ({ header }) => ![undefined, 'JWT'].includes(header.typ as string)],
  'a time that is no whole number, or negative': [
    'malformed',
    ({ claims }) => TIMES.some((name) => !isTime(claims[name])),
  ],
  'aud as an array': ['audience', ({ claims }) => Array.isArray(claims.aud)],
  "tid or ver that is not the issuer's": [
    'issuer',
    ({ claims }) => claims.tid !== tenantId || claims.ver !== '1.0',
  ],
  'iat ahead': [
    'notYetValid',
    ({ claims }) => Number(claims.iat) > tenant.clock.nowMs() / 1000 + 300,
  ],
  'a user token': ['principal', ({ claims }) => claims.scp !== undefined || claims.idtyp !== 'app'],
  'oid and appid that are not of one principal': [
    'principal',
    ({ claims }) =>
      ![userAssigned, otherUserAssigned].some(
        ({ principalId, clientId }) => claims.oid === principalId && claims.appid === clientId,
      ),
  ],
};

const parse = (text: string): Json => JSON.parse(text.replace(/^\ufeff/, ''));

/** Names of the list that hold for the token. */
function whyStricter(token: string, { problem }: TokenError): readonly string[] {
  const texts = token
    .split('.')
    .slice(0, 2)
    .map((part) => Buffer.from(part, 'base64url').toString());
  const [header = '', payload = ''] = texts;
  const read: Read = {
    header: parse(header),
    claims: parse(payload),
    texts: [header, payload],
  };
  return Object.entries(STRICTER).flatMap(([name, [refusal, isSo]]) =>
    refusal === problem && isSo(read, token) ? [name] : [],
  );
}

test(`${MUTATIONS} seeded mutations: nothing passes here that jose refuses, and what is refused here only is in the list`, async () => {
  const taken: Record<'both' | 'neither' | 'joseOnly', number> = {
    both: 0,
    neither: 0,
    joseOnly: 0,
  };
  const met = new Set<string>();
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
      const why = whyStricter(token, ours);
      assert.ok(why.length > 0, `seed ${seed}: refused here only, for ${ours.problem}: ${token}`);
      for (const name of why) met.add(name);
      taken.joseOnly++;
    }
  }
  // The mutations reach all three: else this test would say nothing.
  assert.ok(
    Object.values(taken).every((count) => count > MUTATIONS / 100),
    JSON.stringify(taken),
  );
  if (MUTATIONS >= 2000) assert.deepEqual([...met].sort(), Object.keys(STRICTER).sort());
});
