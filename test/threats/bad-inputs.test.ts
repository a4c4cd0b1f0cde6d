// Bad requests at every HTTP endpoint of the app, as it runs under the functions host, keys checked.
// BAD_INPUTS=10000 node --test test/threats/bad-inputs.test.ts for more of them at each endpoint;
// a failure names its seed: BAD_INPUTS=1 BAD_INPUTS_SEED=<seed> sends that one alone.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { useLocalAzure } from '../support/local-azure.ts';
import { type AppWithKeys, startAppWithKeys, webApiAtGroup } from './app-with-keys.ts';
import { type BadRequest, badRequest, goodRequest } from './bad-inputs/bad-request.ts';
import type { Endpoint } from './bad-inputs/badness.ts';
import { endpoints as otherEndpoints } from './bad-inputs/endpoints.ts';
import { inventoryEndpoints } from './bad-inputs/inventory-endpoints.ts';
import { messagingEndpoints } from './bad-inputs/messaging-endpoints.ts';
import { renderDraft, setBody } from './bad-inputs/request-draft.ts';
import { type Outcome, sendBytes } from './bad-inputs/send-bytes.ts';

const COUNT = Number(process.env.BAD_INPUTS ?? 500);
const FIRST_SEED = Number(process.env.BAD_INPUTS_SEED ?? 1);
const AT_ONCE = 8;
const LIMIT_MS = 1000;
/** What is in use may grow by so much in the second half of a run, where nothing is new; a leak grows for ever. */
const GROWTH_MB = 2;

const SUBSCRIPTION = 'inventory';
const endpoints = [...otherEndpoints, ...inventoryEndpoints, ...messagingEndpoints(SUBSCRIPTION)];

const azure = await useLocalAzure();
let app: AppWithKeys;
let dataHosts: ReadonlySet<string>;
let knownHosts: ReadonlySet<string>;

before(async () => {
  app = await startAppWithKeys(
    azure,
    'rg-bad-inputs',
    { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'tell-what-it-does.mjs')}` },
    { messaging: true, ...webApiAtGroup('rg-bad-inputs') },
  );
  assert.equal(app.settings.SERVICE_BUS_SUBSCRIPTION, SUBSCRIPTION);
  const hostOf = (setting: string) => new URL(app.settings[setting] ?? '').host;
  dataHosts = new Set([
    'management.azure.com',
    hostOf('KEY_VAULT_URL'),
    hostOf('SCAN_STATE_CONTAINER_URL'),
  ]);
  knownHosts = new Set([
    ...dataHosts,
    hostOf('AzureWebJobsStorage__blobServiceUri'),
    new URL(azure.identityEnvironmentOf(app.siteId).IDENTITY_ENDPOINT ?? '').host,
  ]);
});
after(() => app?.stop());

const send = (request: Pick<BadRequest, 'bytes' | 'endsEarly'>) => sendBytes(app.baseUrl, request);

function describeRequest(seed: number, { badness, bytes }: BadRequest): string {
  return `seed ${seed} (${badness}): ${JSON.stringify(bytes.toString('latin1').slice(0, 600))}`;
}

function assertRefused(seed: number, request: BadRequest, { answer }: Outcome): void {
  const what = describeRequest(seed, request);
  assert.ok(answer, `no answer to ${what}`);
  const told = `${what}\n${JSON.stringify(answer)}`;
  assert.ok(request.statuses.includes(answer.status), `${answer.status} to ${told}`);
  if (!answer.headers.get('content-type')?.includes('json')) return;
  const { code, message, nextStep, ...more } = JSON.parse(answer.body);
  assert.equal(code, 'INPUT_INVALID', told);
  if (request.complaint) assert.match(message, request.complaint, told);
  assert.deepEqual(more, { target: 'request' }, told);
  for (const text of [message, nextStep]) assert.match(text, /^[\x20-\x7e]{1,230}\.$/, told);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', told);
}

/** Within a second; a second try alone shows whether only this machine was busy. */
async function assertInTime(seed: number, request: BadRequest, outcome: Outcome): Promise<void> {
  if (outcome.milliseconds <= LIMIT_MS) return;
  const again = await send(request);
  assert.ok(again.milliseconds <= LIMIT_MS, `slow: ${describeRequest(seed, request)}`);
}

/** Where the process of host and app has connected to, strangers as well: the journal has what came to the doors only. */
function connectedTo(): readonly string[] {
  return [...app.output().matchAll(/^CONNECTED (.+)$/gm)].map(([, address = '']) => address);
}

/** Of a setting, or what every app knows: Resource Manager, and the identity endpoint in its environment. */
function isInSettings(address: string): boolean {
  return (
    knownHosts.has(address) || Object.values(app.settings).some((value) => value.includes(address))
  );
}

/** The triggers of messaging hold receivers meanwhile; to send is by request only. */
const isByRequest = (operation: string) => operation === 'send' || operation === 'attach-sender';

let slowestMs = 0;
/** By endpoint, in turn. */
const memoryAfter: number[] = [];

async function sendAll(endpoint: Endpoint, from: number, to: number): Promise<void> {
  let next = from;
  const worker = async () => {
    while (next < to) {
      const seed = next++;
      const request = badRequest(endpoint, app.keys, seed);
      const outcome = await send(request);
      slowestMs = Math.max(slowestMs, outcome.milliseconds);
      assertRefused(seed, request, outcome);
      await assertInTime(seed, request, outcome);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

for (const endpoint of endpoints) {
  describe(`T1 T20 bad requests to ${endpoint.name}`, () => {
    it(`(${COUNT}) are each refused within a second by the caller’s own fault, in flat memory, and reach no target`, async (t) => {
      const since = azure.journal.position;
      slowestMs = 0;
      const half = FIRST_SEED + Math.floor(COUNT / 2);
      await sendAll(endpoint, FIRST_SEED, half);
      const before = await memoryInUse();
      await sendAll(endpoint, half, FIRST_SEED + COUNT);
      const after = await memoryInUse(before + GROWTH_MB);
      memoryAfter.push(after);
      const grown = after - before;
      t.diagnostic(
        `slowest ${Math.round(slowestMs)} ms, ${after.toFixed(1)} MB in use, ${grown.toFixed(1)} more after the second half`,
      );
      assert.ok(grown < GROWTH_MB, `${grown} MB more after the second half`);
      assert.ok(connectedTo().length > 0, 'connections are seen');
      assert.deepEqual(
        connectedTo().filter((address) => !isInSettings(address)),
        [],
      );
      for (const entry of azure.journal.since(since)) {
        assert.notEqual(entry.kind, 'sql', 'a login at the database');
        assert.ok(entry.kind !== 'message' || !isByRequest(entry.operation), JSON.stringify(entry));
        if (entry.kind !== 'request') continue;
        assert.ok(knownHosts.has(entry.host), `a call to ${entry.host}`);
        assert.ok(!dataHosts.has(entry.host), `a call to ${entry.host}${entry.target}`);
      }
    });
  });
}

// Behind all of them: the app has no connection to a target before, so that no call goes unseen.
describe('after all bad requests', () => {
  it('the memory in use is what it was after those to the first endpoint', async () => {
    const [first = 0] = memoryAfter;
    const grown = (await memoryInUse(first + 2 * GROWTH_MB)) - first;
    assert.ok(grown < 2 * GROWTH_MB, `${grown} MB more`);
  });

  for (const endpoint of endpoints) {
    it(`${endpoint.name} answers a good one`, async () => {
      const bytes = Buffer.from(renderDraft(goodRequest(endpoint, app.keys)));
      const { answer } = await send({ bytes, endsEarly: false });
      assert.equal(answer?.status, endpoint.goodStatus ?? 200, answer?.body);
    });
  }

  it('publishEvent refuses a body of more than 4 MB', async () => {
    const endpoint = endpoints.find(({ name }) => name === 'publishEvent') ?? assert.fail();
    const draft = goodRequest(endpoint, app.keys);
    setBody(draft, ' '.repeat(4 * 1024 ** 2 + 1));
    const { answer } = await send({ bytes: Buffer.from(renderDraft(draft)), endsEarly: false });
    assert.equal(answer?.status, 413);
    assert.match(answer?.body ?? '', /The body is larger than 4 MB/);
  });
});

/**
 * Megabytes that the app's process can't do without; 0 where it can't be asked. What V8 still has to finalize goes
 * after a while: it is asked again until it is below `expected`, or 20 times.
 */
async function memoryInUse(expected = Number.POSITIVE_INFINITY): Promise<number> {
  if (process.platform === 'win32') return 0;
  const found: number[] = [];
  while (found.length < 20 && !(Math.min(...found) < expected)) {
    const told = app.waitForLine(/^IN USE /, 5000);
    process.kill(app.process.pid ?? 0, 'SIGUSR2');
    assert.ok(await told, 'the app tells its memory');
    const lines = [...app.output().matchAll(/^IN USE (\d+)$/gm)];
    found.push(Number(lines.at(-1)?.[1]) / 1024 ** 2);
  }
  return Math.min(...found);
}
