// The package runs on the embedded Azure as `dist/` does: outside of the project, without node_modules.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { buildApp } from '../../local/build-app.ts';
import { type RunningApp, runApp } from '../../local/run-app.ts';
import { packageApp } from '../../packaging/package.ts';
import { deploySite } from '../end-to-end/start-deployed-app.ts';
import { projectDirectory, useLocalAzure } from '../support/local-azure.ts';

const LIMIT_MS = 15_000;

const azure = await useLocalAzure();
const site = await deploySite(azure, { group: 'rg-package' });
const directory = mkdtempSync(join(tmpdir(), 'package-'));
await packageApp(projectDirectory, directory);
let output = '';
const app = await start(directory);
after(async () => {
  await app.stop();
  rmSync(directory, { recursive: true, force: true });
});

function start(appDirectory: string): Promise<RunningApp> {
  return runApp(azure, {
    appDirectory,
    siteId: site.id,
    port: 0,
    onOutput(text) {
      output += text;
    },
  });
}

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${app.baseUrl}/api/${path}`);
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
  };
}

describe('the package on the embedded Azure', () => {
  it('registers the same functions as dist/', async () => {
    buildApp(projectDirectory);
    const fromDist = await start(projectDirectory);
    await fromDist.stop();
    assert.ok(app.functions.length >= 5);
    assert.deepEqual(app.functions, fromDist.functions);
  });

  it('reads a secret by its identity, and is told so where it may not', async () => {
    const read = await get('secrets/demo');
    assert.equal(read.status, 200, output);
    assert.equal(read.body.name, 'demo');
    const refused = await get('secrets/other');
    assert.equal(refused.status, 403);
    assert.equal(refused.body.code, 'ACCESS_DENIED');
  });

  it('knows who it is', async () => {
    const { status, body } = await get('identity');
    assert.equal(status, 200, output);
    const [identity] = Object.values(site.identity?.userAssignedIdentities ?? {});
    assert.ok(identity);
    assert.ok(JSON.stringify(body).includes(identity.principalId));
  });

  it('finds every target reachable and granted', async () => {
    const { status, body } = await get('diagnose?secret=demo');
    assert.equal(status, 200, output);
    assert.doesNotMatch(JSON.stringify(body), /ACCESS_DENIED|UNAVAILABLE|UNEXPECTED|CONFIG/);
  });

  it('scans, and keeps what it has found', async () => {
    const done = app.waitForLine(/Executed 'Functions\.scanResources' \(Succeeded/, LIMIT_MS);
    const { status } = await fetch(`${app.baseUrl}/admin/functions/scanResources`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    assert.equal(status, 202);
    assert.ok(await done, output);
    const { body } = await get('scans/latest');
    assert.equal(body.outcome, 'finished');
    assert.ok((body.newFindings as { id: string }[]).some(({ id }) => id === site.id));
  });
});
