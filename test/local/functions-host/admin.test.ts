// The numbers are those of the behaviours that were measured with the real host (WebHost 4.1037, Node worker 3.9.1).
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { startHostProcess } from './host-process.ts';
import { type RawRequest, send } from './raw-request.ts';

const secrets = mkdtempSync(join(tmpdir(), 'functions-host-secrets-'));
after(() => rmSync(secrets, { recursive: true, force: true }));
const env = {
  FROM_SETTING: '0 0 * * * *',
  FUNCTIONS_SECRETS_PATH: secrets,
  'AzureWebJobs.disabledOne.Disabled': '1',
  WEBSITE_SITE_NAME: 'A-Site-Whose-Name-Is-Longer-Than-32-Characters',
};
const [open, locked] = await Promise.all([
  startHostProcess('http-app', { env }),
  startHostProcess('http-app', { env, args: ['--enable-auth'] }),
]);

interface StoredKeys {
  readonly masterKey: { readonly value: string };
  readonly functionKeys: readonly { readonly value: string }[];
  readonly keys: readonly { readonly value: string }[];
}
const readKeys = (name: string): StoredKeys =>
  JSON.parse(readFileSync(join(secrets, `${name}.json`), 'utf8'));
const master = readKeys('host').masterKey.value;
const hostKey = readKeys('host').functionKeys[0]?.value ?? '';
const functionKey = readKeys('functionlevel').keys[0]?.value ?? '';
const otherKey = readKeys('plain').keys[0]?.value ?? '';
const withKey = (key: string): RawRequest => ({ headers: { 'x-functions-key': key } });

describe('function keys, with --enable-auth', () => {
  const call = (path: string, request?: RawRequest) => send(locked.baseUrl, path, request);

  it("7: level function takes the function's, the host's or the master key", async () => {
    const path = '/api/levels/function';
    for (const key of [functionKey, hostKey, master]) {
      assert.equal((await call(path, withKey(key))).status, 200);
      assert.equal((await call(`${path}?code=${encodeURIComponent(key)}`)).status, 200);
    }
    for (const key of [otherKey, 'wrong', '']) {
      assert.equal((await call(path, withKey(key))).status, 401, key);
    }
  });

  it('7: level admin takes the master key only', async () => {
    assert.equal((await call('/api/levels/admin', withKey(master))).status, 200);
    for (const key of [functionKey, hostKey]) {
      assert.equal((await call('/api/levels/admin', withKey(key))).status, 401);
    }
  });

  it('7: a wrong header is not mended by a right code, and 401 has no body', async () => {
    const code = encodeURIComponent(functionKey);
    const refused = await call(`/api/levels/function?code=${code}`, withKey('wrong'));
    assert.deepEqual([refused.status, refused.text], [401, '']);
  });

  it('7: level anonymous ignores a wrong key, and the function sees the code', async () => {
    const answer = await call('/api/plain?code=wrong');
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json().query, { code: 'wrong' });
    assert.match(String(answer.json().url), /\?code=wrong$/);
  });

  it('8: the master key reaches a disabled function', async () => {
    assert.equal((await call('/api/disabled/one')).status, 404);
    assert.equal((await call('/api/disabled/one', withKey(hostKey))).status, 404);
    assert.equal((await call('/api/disabled/one', withKey(master))).status, 200);
  });

  it('9: the admin API wants the master key, but not for the ping', async () => {
    assert.equal((await call('/admin/host/ping')).status, 200);
    for (const path of ['/admin/host/status', '/admin/functions', '/admin/nowhere']) {
      assert.equal((await call(path)).status, 401, path);
      assert.equal((await call(path, withKey(hostKey))).status, 401, path);
    }
    assert.equal((await call('/admin/host/status', withKey(master))).status, 200);
    const keys = await call('/admin/functions/functionLevel/keys', withKey(master));
    assert.deepEqual(keys.json().keys, [{ name: 'default', value: functionKey }]);
    const masterKey = await call('/admin/host/systemkeys/_master', withKey(master));
    assert.deepEqual(masterKey.json(), { name: '_master', value: master });
  });

  it('keeps the keys readable by their owner only, and never prints one', () => {
    for (const file of readdirSync(secrets)) {
      assert.equal(statSync(join(secrets, file)).mode & 0o077, 0, file);
    }
    for (const key of [master, hostKey, functionKey]) assert.ok(!locked.output().includes(key));
  });

  it('refuses a folder that others can read', async () => {
    const shared = mkdtempSync(join(tmpdir(), 'functions-host-shared-'));
    after(() => rmSync(shared, { recursive: true, force: true }));
    const { chmodSync } = await import('node:fs');
    chmodSync(shared, 0o755);
    await assert.rejects(
      startHostProcess('cjs-app', {
        args: ['--enable-auth'],
        env: { FUNCTIONS_SECRETS_PATH: shared },
      }),
      /must be readable by its owner only: chmod 700/,
    );
  });
});

describe('without --enable-auth', () => {
  it('7: no key is checked', async () => {
    assert.equal((await send(open.baseUrl, '/api/levels/admin')).status, 200);
    assert.equal((await send(open.baseUrl, '/admin/host/status')).status, 200);
  });

  it('there are no keys to read', async () => {
    for (const path of ['/admin/host/keys', '/admin/host/systemkeys/_master']) {
      assert.equal((await send(open.baseUrl, path)).status, 404, path);
    }
  });
});

describe('the admin API', () => {
  const run = (name: string, request: RawRequest) =>
    send(open.baseUrl, `/admin/functions/${name}`, { method: 'POST', ...request });
  const json = { 'content-type': 'application/json' };

  it('9: runs a function, and answers 202 without a body before it has run', async () => {
    const answer = await run('fromSetting', { headers: json, body: '{}' });
    assert.deepEqual([answer.status, answer.text], [202, '']);
    await open.printed(
      'timer input {"schedule":{"adjustForDST":true},"scheduleStatus":null,"isPastDue":false}',
    );
    await open.printed(/Executed 'Functions\.fromSetting' \(Succeeded/);
  });

  it('9: 415 without a JSON content type, 400 without a body, 404 for an unknown function', async () => {
    assert.equal((await run('fromSetting', { body: '{}' })).status, 415);
    for (const body of ['', 'null', '{', '[]', '{"input":{}}']) {
      assert.equal((await run('fromSetting', { headers: json, body })).status, 400, body);
    }
    for (const name of ['nowhere', 'onMessage']) {
      assert.equal((await run(name, { headers: json, body: '{}' })).status, 404, name);
    }
  });

  it('9: an HTTP function is accepted, and fails', async () => {
    const answer = await run('plain', { headers: json, body: '{"input":"x"}' });
    assert.equal(answer.status, 202);
    await open.printed(/'Functions\.plain' \(Failed\)/);
  });

  it('tells the state of the host', async () => {
    const { id, state, processUptime } = (await send(open.baseUrl, '/admin/host/status')).json();
    assert.deepEqual([id, state], ['a-site-whose-name-is-longer-than', 'Running']);
    assert.ok(Number(processUptime) > 0);
  });

  it('lists and shows functions', async () => {
    const list = (await send(open.baseUrl, '/admin/functions')).json() as unknown as {
      name: string;
    }[];
    assert.deepEqual(
      list.map(({ name }) => name),
      open.functions.map(({ name }) => name),
    );
    const item = (await send(open.baseUrl, '/admin/functions/READITEM')).json();
    assert.equal(item.invoke_url_template, `${open.baseUrl}/api/items/{id:int}`);
    assert.equal(item.isDisabled, false);
    const config = item.config as { bindings: { type: string }[]; scriptFile: string };
    assert.deepEqual(
      config.bindings.map(({ type }) => type),
      ['httpTrigger', 'http'],
    );
    assert.equal(config.scriptFile, 'routes.js');
    assert.equal((await send(open.baseUrl, '/admin/functions/nowhere')).status, 404);
  });

  it('tells why a function is in error', async () => {
    const status = await send(open.baseUrl, '/admin/functions/badSchedule/status');
    assert.match(String(status.json().errors), /'@daily' was not recognized/);
    const fine = await send(open.baseUrl, '/admin/functions/plain/status');
    assert.deepEqual(fine.json(), {});
  });
});
