// infra/examples/virtual-machine.json, deployed beside a vault, and what its cloud-init installs, run as the machine.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { deployTemplate, readTemplate } from '../../local/deploy-template.ts';
import { findResourceNamed } from '../../local/find-resource-named.ts';
import { type PrintedEnvironment, printEnvironment } from '../../local/print-environment.ts';
import { foreignClient } from '../support/foreign-client.ts';
import {
  addIdentity,
  grant,
  groupId,
  projectDirectory,
  useLocalAzure,
} from '../support/local-azure.ts';
import {
  type Ended,
  installMachine,
  readCloudConfig,
  runOnMachine,
} from '../support/run-cloud-init.ts';

const azure = await useLocalAzure();
const folder = mkdtempSync(join(tmpdir(), 'machine-'));
const environments: PrintedEnvironment[] = [];
const example = readTemplate(join(projectDirectory, 'infra/examples/virtual-machine.json'));
const vaultName = 'kv-machines';
const secretId = `${groupId('rg-test')}/providers/Microsoft.KeyVault/vaults/${vaultName}/secrets/demo`;
const secretValue = 'nobody-sees-this-value';

const operator = addIdentity(azure, 'id-operator');
grant(azure, operator, 'Contributor', groupId('rg-test'));
const arm = foreignClient(azure, 'management.azure.com', operator);

const vault = {
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  resources: [
    {
      type: 'Microsoft.KeyVault/vaults',
      apiVersion: '2024-11-01',
      name: vaultName,
      location: 'westeurope',
      properties: {
        tenantId: '[tenant().tenantId]',
        sku: { family: 'A', name: 'standard' },
        enableRbacAuthorization: true,
      },
    },
    {
      type: 'Microsoft.KeyVault/vaults/secrets',
      apiVersion: '2024-11-01',
      name: `${vaultName}/demo`,
      dependsOn: [vaultName],
      properties: { value: secretValue, contentType: 'text/plain' },
    },
  ],
};

after(async () => {
  for (const environment of environments) await environment.stop();
  rmSync(folder, { recursive: true });
});

/** An app of the same name as a machine. */
const namesake = {
  ...vault,
  resources: [
    {
      type: 'Microsoft.Web/sites',
      apiVersion: '2024-11-01',
      name: 'vm-user',
      location: 'westeurope',
      kind: 'functionapp',
      identity: { type: 'SystemAssigned' },
      properties: {},
    },
  ],
};

function deploy(name: string, template: unknown, parameters: Record<string, unknown>) {
  return deployTemplate(azure, {
    ...{ name, resourceGroup: 'rg-test', location: 'westeurope', template, strict: false },
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([key, value]) => [key, { value }]),
    ),
  });
}

interface Machine {
  readonly id: string;
  readonly principalId: string;
  /** Lines for a shell that is to be this machine. */
  readonly environment: readonly string[];
  /** Runs what its cloud-init installs, with the environment that systemd would give it, and `more`. */
  run(more?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Another program, in the same environment. */
  execute(command: string): Promise<Ended>;
}

async function deployMachine(
  name: string,
  parameters: Record<string, unknown> = {},
): Promise<Machine> {
  const sshPublicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILocal test@local';
  const { outputs } = await deploy(name, example, {
    ...{ name, vaultName, secretName: 'demo', sshPublicKey },
    ...parameters,
  });
  const id = findResourceNamed(azure, `virtualMachines/${name}`);
  const environment = await printEnvironment(azure, id);
  environments.push(environment);
  const directory = join(folder, name);
  installMachine(directory, azure.machines.customDataOf(id) ?? '', environment.lines);
  const execute = async (command: string, more = {}) => {
    const ended = await runOnMachine(directory, command, more);
    assert.doesNotMatch(ended.text, new RegExp(`${secretValue}|eyJ`), 'a secret or a token');
    return ended;
  };
  return {
    id,
    principalId: String(outputs?.principalId?.value),
    environment: environment.lines,
    run: (more) => execute('./read-secret', more),
    execute,
  };
}

/** Takes away what the machine may do; returns what gives it back. */
function takeRoles({ principalId }: Machine): () => void {
  const taken = azure.access.listAssignments().filter((each) => each.principalId === principalId);
  for (const { id } of taken) azure.access.removeAssignment(id);
  return () => {
    for (const assignment of taken) azure.access.addAssignment(assignment);
  };
}

const READ =
  /^Read secret demo, version [0-9a-f]{32}, content type text\/plain, enabled from https:\/\/kv-machines\.vault\.azure\.net\/\n$/;
const NO_WAIT = { WAIT_SECONDS: '0' };
const python = spawnSync('python3', ['--version']).status === 0;
const curl = spawnSync('curl', ['--version']).status === 0;

describe('the virtual machine of infra/examples', { skip: !python && 'no python3 here' }, () => {
  let machine: Machine;

  before(async () => {
    await deploy('vault', vault, {});
    machine = await deployMachine('vm-user');
  });

  it('reads the secret at its first call, by a user-assigned identity that was granted before', async () => {
    const { code, text: printed } = await machine.run(NO_WAIT);
    assert.match(printed, READ);
    assert.equal(code, 0);
    const asked = azure.journal
      .since(0)
      .filter((entry) => entry.kind === 'request' && entry.principalId === machine.principalId)
      .map((entry) => entry.kind === 'request' && `${entry.door} ${entry.status}`);
    assert.deepEqual(asked, ['imds 200', 'key-vault 200']);
  });

  it('reads it by a system-assigned identity too', async () => {
    const systemAssigned = await deployMachine('vm-system', { identityKind: 'systemAssigned' });
    assert.notEqual(systemAssigned.principalId, machine.principalId);
    assert.match((await systemAssigned.run(NO_WAIT)).text, READ);
  });

  it('says what Key Vault says without the role assignment', async () => {
    const giveBack = takeRoles(machine);
    const { code, text: printed } = await machine.run(NO_WAIT);
    giveBack();
    assert.equal(code, 1);
    assert.match(
      printed,
      /^Gave up\. Key Vault refuses: 403 ForbiddenByRbac: Caller is not authorized to perform action on resource\./,
    );
    assert.ok(printed.includes(`oid=${machine.principalId}`), printed);
    assert.ok(printed.includes("Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'"));
  });

  it('waits for a grant that takes effect late', async () => {
    const giveBack = takeRoles(machine);
    const since = azure.journal.position;
    const running = machine.run({ WAIT_SECONDS: '20' });
    await azure.journal.waitFor(
      'a refusal by the vault',
      (entry) => entry.kind === 'request' && entry.door === 'key-vault' && entry.status === 403,
      { since },
    );
    giveBack();
    const { code, text: printed } = await running;
    const [first = '', ...others] = printed.split('\n');
    assert.match(first, /^Key Vault refuses: 403 ForbiddenByRbac: .* Next try in 1 s\.$/);
    assert.match(others.join('\n'), READ);
    assert.equal(code, 0);
  });

  it('asks again where IMDS has too much to do, as long as it is told to wait', async () => {
    const busy = { kind: 'status', status: 429, retryAfter: '1' } as const;
    azure.faults.arm({ door: 'imds', operation: 'GET /metadata/identity/*', nth: 1, fault: busy });
    const { code, text: printed } = await machine.run({ WAIT_SECONDS: '20' });
    assert.match(
      printed,
      /^The identity endpoint refuses: 429 .* Next try in 1 s\.\nRead secret demo/,
    );
    assert.equal(code, 0);
  });

  it('does not take its token to where it is redirected', async (t) => {
    const asked: string[] = [];
    const server = createServer(({ url = '' }, response) => {
      asked.push(url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const script = join(projectDirectory, 'infra/examples/virtual-machine/read-secret.py');
    const program = `import runpy; runpy.run_path('${script}')['get_secret']('http://127.0.0.1:${port}', 'demo', 'token')`;
    const child = spawn('python3', ['-c', program], { env: { PATH: process.env.PATH } });
    assert.match(await text(child.stderr), /Refused: Key Vault refuses: 302/);
    assert.deepEqual(asked, ['/secrets/demo?api-version=7.4']);
  });

  it('installs a service that finds everything it names', () => {
    const customData = azure.machines.customDataOf(machine.id) ?? '';
    const { write_files: files, runcmd } = readCloudConfig(customData);
    const unit = files.find(({ path }) => path.endsWith('.service'));
    const named = (name: string) =>
      new RegExp(`^${name}=(.*)$`, 'm').exec(unit?.content ?? '')?.[1];
    const installed = (path: string | undefined) => files.find((file) => file.path === path);
    assert.equal(installed(named('ExecStart'))?.permissions, '0755');
    assert.ok(installed(named('EnvironmentFile')));
    assert.ok(runcmd.some((command) => command.includes(basename(unit?.path ?? 'none'))));
  });

  it('is a machine to the app too: its credential asks IMDS there', async () => {
    const client = join(import.meta.dirname, 'clients', 'read-secret-of-app.ts');
    const { code, text: printed } = await machine.execute(`${process.execPath} ${client}`);
    assert.equal(code, 0, printed);
    assert.deepEqual(JSON.parse(printed), { name: 'demo', length: secretValue.length });
  });

  it('is what a shell becomes by the printed environment, which names no endpoint of an app', () => {
    for (const line of machine.environment) {
      assert.match(line, /^(# .+|export [A-Za-z_]+='[^']*'|unset( [A-Z_]+)+)$/);
      assert.doesNotMatch(line, /^export (IDENTITY_|MSI_|AZURE_CLIENT_ID)/);
    }
    const printed = machine.environment.find((line) => /LOCAL_AZURE_CUSTOM_DATA/.test(line));
    const customData = azure.machines.customDataOf(machine.id);
    assert.equal(printed, `export LOCAL_AZURE_CUSTOM_DATA='${customData}'`);
  });

  it('learns of IMDS what it is', { skip: !curl && 'no curl here' }, async () => {
    const { text: printed } = await machine.execute(
      'curl -sS --max-time 10 -H Metadata:true "http://169.254.169.254/metadata/instance/compute?api-version=2021-02-01"',
    );
    const { vmId, vmSize, osProfile, osType, offer, securityProfile } = JSON.parse(printed);
    assert.equal(vmId, azure.resourceManager.findResource(machine.id)?.properties.vmId);
    assert.deepEqual([vmSize, osType, offer], ['Standard_B2ats_v2', 'Linux', 'ubuntu-24_04-lts']);
    assert.deepEqual(osProfile, {
      adminUsername: 'azureuser',
      computerName: 'vm-user',
      disablePasswordAuthentication: 'true',
    });
    assert.deepEqual(securityProfile, { secureBootEnabled: 'true', virtualTpmEnabled: 'true' });
  });

  it('is found by its name, with as much of its type as is needed', async () => {
    for (const name of ['vm-user', 'virtualmachines/VM-USER', machine.id]) {
      assert.equal(findResourceNamed(azure, name), machine.id);
    }
    assert.throws(
      () => findResourceNamed(azure, 'user'),
      /^Error: No resource with an identity is called 'user'\. There are:\n.*virtualMachines\/vm-user/,
    );
    await deploy('namesake', namesake, {});
    assert.throws(
      () => findResourceNamed(azure, 'vm-user'),
      /^Error: More than one resource is called 'vm-user'\. There are:\n {2}Microsoft\.Compute\/virtualMachines\/vm-user\n {2}Microsoft\.Web\/sites\/vm-user$/,
    );
    assert.equal(findResourceNamed(azure, 'virtualMachines/vm-user'), machine.id);
  });

  it('may read that one secret and nothing else', () => {
    const assignments = azure.access.listAssignments();
    const granted = assignments.filter((each) => each.principalId === machine.principalId);
    assert.deepEqual(
      granted.map(({ scope }) => scope.toLowerCase()),
      [secretId.toLowerCase()],
    );
  });

  it('says at once what IMDS says of an identity that the machine does not have', async () => {
    const { code, text: printed } = await machine.run({ AZURE_CLIENT_ID: crypto.randomUUID() });
    assert.equal(
      printed,
      'Gave up. The identity endpoint refuses: 400 invalid_request: Identity not found\n',
    );
    assert.equal(code, 1);
  });

  it('must name its identity once it has two', async () => {
    const second = `${groupId('rg-test')}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-second`;
    const made = await arm(`${second}?api-version=2024-11-30`, {
      method: 'PUT',
      body: { location: 'westeurope' },
    });
    assert.equal(made.status, 201, made.text);
    const { status, body } = await arm(`${machine.id}?api-version=2025-04-01`, {
      method: 'PATCH',
      body: { identity: { type: 'UserAssigned', userAssignedIdentities: { [second]: {} } } },
    });
    assert.equal(status, 200);
    assert.equal(Object.keys(body.identity.userAssignedIdentities).length, 2);
    const { text: printed } = await machine.run({ ...NO_WAIT, AZURE_CLIENT_ID: '' });
    assert.equal(
      printed,
      'Gave up. The identity endpoint refuses: 400 invalid_request: Multiple user assigned identities exist, ' +
        'please specify the clientId / resourceId of the identity in the token request\n',
    );
    assert.match((await machine.run(NO_WAIT)).text, READ);
  });
});
