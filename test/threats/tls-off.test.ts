// T14: TLS verification can't be switched off unnoticed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { projectDirectory, useLocalAzure } from '../support/local-azure.ts';
import { startAppWithKeys, webApiAtGroup } from './app-with-keys.ts';
import { endpoints } from './bad-inputs/endpoints.ts';

const azure = await useLocalAzure();

describe('T14 with NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
  const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };

  it('npm start starts nothing and says why', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(projectDirectory, 'local', 'start.mjs')],
      { encoding: 'utf8', env: { ...process.env, ...environment }, timeout: 20_000 },
    );
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /NODE_TLS_REJECT_UNAUTHORIZED=0 turns off TLS verification: nothing is started/,
    );
  });

  it('the app says so at its start, answers CONFIG_INVALID, and asks for no token', async (t) => {
    const since = azure.journal.position;
    const app = await startAppWithKeys(
      azure,
      'rg-tls-off',
      environment,
      webApiAtGroup('rg-tls-off'),
    );
    t.after(app.stop);
    assert.match(app.output(), /CONFIG_INVALID: NODE_TLS_REJECT_UNAUTHORIZED turns off TLS/);
    for (const { name, path } of endpoints) {
      const answer = await app.get(path, app.keys.master);
      const text = await answer.text();
      assert.match(text, /NODE_TLS_REJECT_UNAUTHORIZED turns off TLS verification/, name);
      if (name === 'readSecret' || name === 'getScan') assert.equal(answer.status, 500, text);
    }
    const calls = azure.journal.since(since).filter((entry) => {
      if (entry.kind === 'token') return entry.audience !== STORAGE_OF_HOST;
      return entry.kind === 'request' && ['key-vault', 'resource-manager'].includes(entry.door);
    });
    assert.deepEqual(calls, []);
  });
});

/** The host's own, for its locks. */
const STORAGE_OF_HOST = 'https://storage.azure.com';
