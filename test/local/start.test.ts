// npm start in a process of its own, with a foreign template and the environment printed, and clients that use it.
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { projectDirectory } from '../support/local-azure.ts';

const folder = mkdtempSync(join(tmpdir(), 'start-'));
const clients = join(import.meta.dirname, 'clients');
const OTHER = 'bbbb0b0b-cc1c-dd2d-ee3e-ffffff4f4f4f';
const printed = { out: '', error: '' };
let process_: ChildProcess;

const foreign = {
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  parameters: { name: { type: 'string' } },
  resources: [
    {
      type: 'Microsoft.Network/virtualNetworks',
      apiVersion: '2024-05-01',
      name: "[parameters('name')]",
      location: '[resourceGroup().location]',
      properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
    },
  ],
};

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

before(async () => {
  const template = file('network.json', foreign);
  const parameters = file('network.parameters.json', {
    parameters: { name: { value: 'vnet-foreign' } },
  });
  const also = ['--also', template, '--also-parameters', parameters];
  const elsewhere = [...also, '--also-group', 'rg-other'];
  const there = ['--subscription', OTHER, ...elsewhere, '--also-subscription', OTHER];
  process_ = spawn(
    process.execPath,
    ['local/start.mjs', '--port', '0', '--print-environment', ...also, ...elsewhere, ...there],
    { cwd: projectDirectory, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  process_.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed.error += text;
  });
  await new Promise<void>((resolve, reject) => {
    process_.once('exit', (code) => reject(new Error(`ended with ${code}: ${printed.error}`)));
    process_.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed.out += text;
      if (/^export LOCAL_AZURE_CONTROL_SECRET=.*\n/m.test(printed.out)) resolve();
    });
  });
});

after(async () => {
  if (process_.exitCode === null) {
    const exited = new Promise((resolve) => process_.once('exit', resolve));
    process_.kill('SIGINT');
    await exited;
  }
  rmSync(folder, { recursive: true });
});

/** Runs a command in a shell that has evaluated what was printed, and nothing of this process's own environment. */
async function inEnvironment(command: string, more = ''): Promise<string> {
  const script = join(folder, 'environment.sh');
  writeFileSync(script, printed.out, { mode: 0o600 });
  const { stdout } = await promisify(execFile)('sh', ['-c', `. ${script}; ${more} ${command}`], {
    env: { PATH: `${join(process.execPath, '..')}:${process.env.PATH}` },
  });
  return stdout;
}

describe('npm start -- --print-environment', () => {
  it('prints nothing but comments and exports to its output, and tells people by the other one', () => {
    for (const line of printed.out.trim().split('\n')) {
      assert.match(line, /^(# .+|export [A-Za-z_]+='[^']*')$/);
    }
    assert.match(printed.error, /^Ready {2}http:\/\/127\.0\.0\.1:\d+$/m);
    assert.match(printed.out, /^# .*IDENTITY_HEADER and MSI_SECRET are secrets/m);
    const secrets = ['IDENTITY_HEADER', 'LOCAL_AZURE_CONTROL_SECRET'].map(
      (name) => new RegExp(`^export ${name}='(.+)'$`, 'm').exec(printed.out)?.[1],
    );
    for (const secret of secrets) assert.ok(secret && !printed.error.includes(secret));
  });

  it('lets the unmodified Node SDK in another process read the secret as the app', async () => {
    const command = `node ${join(clients, 'read-secret.mjs')}`;
    const answer = JSON.parse(await inEnvironment(command));
    assert.equal(answer.name, 'demo');
    assert.ok(answer.length > 0);
    const byRedirect = 'unset HTTPS_PROXY https_proxy HTTP_PROXY http_proxy;';
    assert.deepEqual(JSON.parse(await inEnvironment(command, byRedirect)), answer);
  });

  it('refuses the same client without the identity', async () => {
    const command = `node ${join(clients, 'read-secret.mjs')}`;
    await assert.rejects(inEnvironment(command, 'export IDENTITY_HEADER=wrong MSI_SECRET=wrong;'));
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  it('lets Python, by the proxy, get a token of IMDS and read the secret', {
    skip: !python,
  }, async () => {
    const answer = JSON.parse(await inEnvironment(`python3 ${join(clients, 'read_secret.py')}`));
    assert.equal(answer.name, 'demo');
    assert.ok(answer.length > 0);
  });

  it('gives the control endpoint, which shows in its journal who asked', async () => {
    const read = `fetch(process.env.LOCAL_AZURE_CONTROL_ENDPOINT + '/journal', { headers: { 'x-control-secret': process.env.LOCAL_AZURE_CONTROL_SECRET } }).then(async (r) => console.log(await r.text()))`;
    const { value } = JSON.parse(await inEnvironment(`node -e "${read}"`));
    const secretReads = value.filter(
      (entry: { kind: string; door?: string; status?: number }) =>
        entry.kind === 'request' && entry.door === 'key-vault' && entry.status === 200,
    );
    assert.ok(secretReads.length >= 2);
  });
});

describe('npm start -- --also', () => {
  it('deploys the template beside ours, with its parameters, into a group of its own, and into another subscription', () => {
    const lines = printed.error.match(/^Also deployed .+$/gm);
    assert.deepEqual(lines, [
      "Also deployed 'network' into resource group rg-local: 1 resource",
      "Also deployed 'network' into resource group rg-other: 1 resource",
      `Also deployed 'network' into resource group rg-other of subscription ${OTHER}: 1 resource`,
    ]);
  });

  it('is what the first scan then finds, in the scope that the app may read', () => {
    const found = printed.error.match(/^.*New resource: Microsoft\.Network\/virtualNetworks.*$/gm);
    assert.equal(found?.length, 1);
  });
});
