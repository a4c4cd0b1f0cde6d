// Row 44: the app in a process of its own, which is told to end, has no disk to write on, or little memory.
// A timer that is late or was missed: test/local/functions-host/timer.test.ts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it, mock } from 'node:test';
import type { Door } from '../../local/azure/doors.ts';
import type { JournalEntry } from '../../local/azure/journal.ts';
import {
  type AppOnAzure,
  type AppProcess,
  startApp,
  startDeployedApp,
} from '../end-to-end/start-deployed-app.ts';
import { useLocalAzure } from '../support/local-azure.ts';
import { createLeakFinder } from '../threats/find-leaks.ts';
import { deploy, things } from './deploy-cases.ts';
import { assertNoSecret } from './promises.ts';

const azure = await useLocalAzure();
const tokens: string[] = [];
const { issue } = azure.tokens;
mock.method(azure.tokens, 'issue', async (...args: Parameters<typeof issue>) => {
  const token = await issue(...args);
  tokens.push(token.accessToken);
  return token;
});

/** The runs of the tests are the only ones, and the host asks nothing of its own storage for them. */
function start(
  group: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<AppOnAzure> {
  const parameters = { scanSchedule: '0 0 3 1 1 *' };
  return startDeployedApp(azure, { group, parameters }, { ...withoutHostStorage, ...settings });
}

const withoutHostStorage = { AzureWebJobsStorage__blobServiceUri: undefined };

async function ended(app: AppProcess): Promise<{ code: number | null; elapsedMs: number }> {
  const startedMs = performance.now();
  const code = await new Promise<number | null>((resolve) => app.process.once('exit', resolve));
  return { code, elapsedMs: performance.now() - startedMs };
}

/** Each of these tests has a door of its own. */
function faultTaken(door: Door, since: number): Promise<unknown> {
  const isIt = (entry: JournalEntry) => entry.kind === 'fault' && entry.door === door;
  return azure.journal.waitFor(`a fault at ${door}`, isIt, { since });
}

/** Promise (6): of all tokens that there were, and of the identity header. */
function assertNothingTold(app: AppProcess, siteId: string): void {
  const header = azure.identityEnvironmentOf(siteId).IDENTITY_HEADER ?? '';
  assert.ok(tokens.length > 0);
  // The header of a token is the same in each, and no secret.
  const parts = tokens.map((token) => token.slice(token.indexOf('.') + 1));
  const leaksIn = createLeakFinder({ 'a token': parts, 'the identity header': [header] });
  assert.deepEqual(leaksIn(app.output()), []);
}

/** Names of the resources that the app has told of, in order. */
const namesIn = (log: string) =>
  [...log.matchAll(/New resource: \S+ (\S+), created/g)].map(([, name]) => name);

describe('the process', { concurrency: true }, () => {
  it('Row 44: that is told to end lets a call which waits for a silent vault have its answer, within 10 s', async (t) => {
    const app = await start('rg-call');
    t.after(app.stop);
    const first = await app.get('/api/secrets/demo');
    assert.equal(first.status, 200, first.text);
    const since = azure.journal.position;
    const version = '0123456789abcdef0123456789abcdef';
    azure.faults.arm({
      door: 'key-vault',
      operation: `*/${version}*`,
      times: 'always',
      fault: { kind: 'hang' },
    });
    const answer = app.get(`/api/secrets/demo?version=${version}`);
    await faultTaken('key-vault', since);
    const end = ended(app);
    app.process.kill('SIGTERM');
    const { status, body } = await answer;
    assert.equal(status, 503);
    assert.equal(body.code, 'TARGET_UNAVAILABLE');
    const { code, elapsedMs } = await end;
    assert.equal(code, 0);
    assert.ok(elapsedMs < 10_000, `${elapsedMs} ms`);
    assertNothingTold(app, app.site.id);
  });

  it('Row 44: that is told to end in the middle of a scan ends it within 10 s, and the next one goes on', async (t) => {
    const first = await start('rg-scan');
    t.after(first.stop);
    const since = azure.journal.position;
    azure.faults.arm({
      door: 'resource-manager',
      operation: 'GET *rg-scan/resources*',
      fault: { kind: 'slow', delayMs: 1_500 },
    });
    const scan = first.scan();
    await faultTaken('resource-manager', since);
    const end = ended(first);
    first.process.kill('SIGTERM');
    const { outcome, log } = await scan;
    assert.equal(outcome, 'Succeeded');
    const { code, elapsedMs } = await end;
    assert.equal(code, 0);
    assert.ok(elapsedMs < 10_000, `${elapsedMs} ms`);

    const second = await startApp(azure, first.site, withoutHostStorage);
    t.after(second.stop);
    await deploy(azure, 'rg-scan', things(['after']));
    const next = await second.scan();
    assert.deepEqual(namesIn(next.log), ['after']);
    assert.equal(new Set(namesIn(log)).size, namesIn(log).length);
    assertNothingTold(first, first.site.id);
    assertNothingTold(second, first.site.id);
  });

  it('Row 44: that can write no file works, and its state is whole', {
    skip: noPrlimit(),
  }, async (t) => {
    const app = await start('rg-disk');
    t.after(app.stop);
    // What a full disk is to a write: an error (EFBIG).
    execFileSync('prlimit', ['--pid', String(app.process.pid), '--fsize=0']);
    const { outcome, log } = await app.scan();
    assert.equal(outcome, 'Succeeded', log);
    assert.equal((await app.get('/api/secrets/demo')).status, 200);
    assert.equal((await app.get('/api/scans/latest')).body.outcome, 'finished');
    assert.deepEqual(namesIn((await app.scan()).log), [], 'it remembers');
    assertNothingTold(app, app.site.id);
  });
});

describe('the process with little memory', () => {
  it('Row 44: with a heap of 64 MB scans 20,000 resources', async (t) => {
    const count = 20_000;
    for (let index = 0; index < count; index += 800) {
      await deploy(
        azure,
        'rg-heap',
        things(Array.from({ length: 800 }, (_, more) => `thing-${index + more}`)),
      );
    }
    const app = await start('rg-heap', { NODE_OPTIONS: '--max-old-space-size=64' });
    t.after(app.stop);
    const { outcome, log } = await app.scan();
    assert.equal(outcome, 'Succeeded', log.slice(-2_000));
    const names = namesIn(app.output());
    const found = new Set(names);
    assert.equal(found.size, names.length, 'each once');
    for (let index = 0; index < count; index++) assert.ok(found.has(`thing-${index}`));
    assert.deepEqual(namesIn((await app.scan()).log), []);
    assertNoSecret(
      [app.output()],
      [azure.identityEnvironmentOf(app.site.id).IDENTITY_HEADER ?? ''],
    );
  });
});

function noPrlimit(): string | false {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'takes prlimit of Linux';
  }
}
