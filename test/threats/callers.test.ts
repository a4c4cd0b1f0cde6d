// Who may call, and what a flood of callers costs.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { useLocalAzure } from '../support/local-azure.ts';
import { type AppWithKeys, startAppWithKeys, webApiAtGroup } from './app-with-keys.ts';
import { endpoints } from './bad-inputs/endpoints.ts';
import { sendBytes } from './bad-inputs/send-bytes.ts';

const azure = await useLocalAzure();
let app: AppWithKeys;
before(async () => {
  app = await startAppWithKeys(azure, 'rg-callers', {}, webApiAtGroup('rg-callers'));
});
after(() => app?.stop());

const statusOf = async (path: string, key?: string) => (await app.get(path, key)).status;

/** No scan has run, and nobody has the id that is asked for. */
const WORKS = {
  readSecret: 200,
  getIdentity: 200,
  listIdentities: 200,
  findIdentity: 404,
  getScan: 404,
  callWebApi: 200,
  diagnose: 200,
};

describe('T5 a caller', () => {
  for (const { name, path, level } of endpoints) {
    it(`of ${name} needs a key of its level, and no other function's`, async () => {
      const works = WORKS[name as keyof typeof WORKS];
      const ofOther = Object.entries(app.keys.own).find(([of]) => of !== name)?.[1];
      const ofLevel = level === 'function' ? works : 401;
      for (const [key, expected] of [
        [undefined, 401],
        ['wrong', 401],
        [ofOther, 401],
        [app.keys.own[name], ofLevel],
        [app.keys.host, ofLevel],
        [app.keys.master, works],
      ] as const) {
        assert.equal(await statusOf(path, key), expected);
      }
    });
  }

  it('runs no function and reads no key without the master key', async () => {
    for (const path of ['/admin/host/status', '/admin/host/keys', '/admin/functions']) {
      assert.equal(await statusOf(path), 401);
      assert.equal(await statusOf(path, app.keys.host), 401);
      assert.equal(await statusOf(path, app.keys.master), 200);
    }
  });
});

describe('T20 a flood', () => {
  const TARGETS: readonly string[] = ['resource-manager', 'key-vault', 'blob'];
  /** Of the app: the host's own are for its locks. */
  const requestsSince = (since: number) =>
    azure.journal
      .since(since)
      .flatMap((entry) =>
        entry.kind === 'request' &&
        TARGETS.includes(entry.door) &&
        !entry.target.includes('azure-webjobs-hosts')
          ? [entry]
          : [],
      );

  it('of a hundred callers of the diagnosis makes one run, and each gets its answer', async () => {
    // The vault's client asks for its challenge once.
    await app.get('/api/diagnose', app.keys.master);
    const once = azure.journal.position;
    await app.get('/api/diagnose', app.keys.master);
    const calls = requestsSince(once).length;
    assert.ok(calls >= 3);
    // The vault answers late enough for all of them to come meanwhile.
    const order = azure.faults.arm({
      door: 'key-vault',
      fault: { kind: 'slow', delayMs: 1000 },
    });
    const since = azure.journal.position;
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => app.get('/api/diagnose', app.keys.master)),
    );
    azure.faults.withdraw(order);
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(new Set(bodies).size, 1);
    assert.equal(requestsSince(since).length, calls);
  });

  it('of diagnoses of ever other secrets is told to wait', async () => {
    const order = azure.faults.arm({
      door: 'key-vault',
      fault: { kind: 'slow', delayMs: 1000 },
    });
    const since = azure.journal.position;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        app.get(`/api/diagnose?secret=s${index}`, app.keys.master),
      ),
    );
    azure.faults.withdraw(order);
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, ...Array(49).fill(429)]);
    const throttled = answers.find(({ status }) => status === 429);
    assert.equal(throttled?.headers.get('retry-after'), '5');
    assert.match((await throttled?.text()) ?? '', /"code":"THROTTLED"/);
    assert.equal(requestsSince(since).filter(({ door }) => door === 'key-vault').length, 1);
  });

  it('of bytes without end is answered before they end, and not kept', async () => {
    const key = app.keys.own.getIdentity ?? '';
    const head = `GET /api/identity?x HTTP/1.1\r\nHost: localhost\r\nx-functions-key: ${key}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const bytes = Buffer.from(head + chunk.repeat(500));
    let outcome = await sendBytes(app.baseUrl, { bytes, endsEarly: false });
    // A reset overtakes the answer at times: TCP gives what was not read away.
    for (let again = 0; again < 3 && !outcome.answer; again++) {
      outcome = await sendBytes(app.baseUrl, { bytes, endsEarly: false });
    }
    assert.equal(outcome.answer?.status, 400);
    assert.ok(outcome.milliseconds < 2000, `${outcome.milliseconds} ms`);
  });

  it('of a body beyond the limit is refused by its announcement, before a byte of it is read', async () => {
    const key = app.keys.own.getIdentity ?? '';
    const head = `GET /api/identity HTTP/1.1\r\nHost: localhost\r\nx-functions-key: ${key}\r\nContent-Length: 104857601\r\n\r\n`;
    const { answer, milliseconds } = await sendBytes(app.baseUrl, {
      bytes: Buffer.from(head),
      endsEarly: false,
    });
    assert.equal(answer?.status, 413);
    assert.ok(milliseconds < 1000);
  });
});
