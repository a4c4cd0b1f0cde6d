// `bicep deploy`: an ARM client that nobody here wrote. It takes a token from the App Service identity endpoint,
// PUTs the deployment and polls it, over TLS that it verifies with our CA.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { loadCertificateAuthority } from '../../../../local/azure/certificate-authority.ts';
import { startServer } from '../../../../local/azure/http/server.ts';
import { createResourceManager } from '../../../../local/azure/resource-manager/create-resource-manager.ts';
import { addIdentity, createDoorParts } from '../../../support/open-door.ts';
import {
  group,
  rememberAccounts,
  rememberVaults,
  roles,
  subscription,
  subscriptionId,
} from './open-resource-manager.ts';

const bicep = findBicep();
const skip = bicep === undefined && 'no Bicep compiler ($BICEP, PATH, .bicep/)';

test('bicep deploy deploys through the door, by managed identity', { skip }, async () => {
  const parts = await createDoorParts();
  const directory = await mkdtemp(join(tmpdir(), 'bicep-deploy-'));
  after(() => rm(directory, { recursive: true }));
  let endpoint: string | undefined;
  const manager = createResourceManager({
    ...parts,
    vaults: rememberVaults(),
    blobs: rememberAccounts(),
    advertisedEndpoint: () => endpoint,
  });
  manager.addSubscription({ subscriptionId, displayName: 'Test' });
  manager.addResourceGroup({ subscriptionId, name: 'rg-test', location: 'eastus' });
  const deployer = addIdentity(parts, [{ roleId: roles.owner, scope: subscription }]);

  const authority = await loadCertificateAuthority(join(directory, 'ca'));
  const door = await startServer(manager.listener, { tls: authority.serverIdentity });
  after(() => door.stop());
  endpoint = `https://localhost:${door.port}`;
  const identity = await startServer((request, response) => {
    const resource = new URL(request.url ?? '/', 'http://localhost').searchParams.get('resource');
    void parts.tokens.issue(deployer, resource ?? '').then(({ accessToken, expiresOn }) => {
      response.setHeader('Content-Type', 'application/json');
      const expires_on = String(expiresOn);
      response.end(
        JSON.stringify({ access_token: accessToken, expires_on, resource, token_type: 'Bearer' }),
      );
    });
  });
  after(() => identity.stop());

  await writeProject(directory, endpoint);
  const profile = { resourceManagerEndpoint: endpoint, activeDirectoryAuthority: endpoint };
  const { stdout, stderr } = await promisify(execFile)(
    bicep ?? '',
    ['deploy', join(directory, 'main.bicepparam')],
    {
      env: {
        PATH: process.env.PATH,
        HOME: directory,
        DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1',
        BICEP_TRUSTED_CLOUDS: JSON.stringify([profile]),
        SSL_CERT_FILE: authority.certificatePath,
        IDENTITY_ENDPOINT: `http://127.0.0.1:${identity.port}/msi/token`,
        IDENTITY_HEADER: 'test',
      },
    },
  );
  assert.match(stdout + stderr, /Succeeded/i);
  const id = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-bicep`;
  const resource = manager.findResource(id);
  assert.equal(resource?.location, 'eastus');
  const grants = parts.access
    .listAssignments()
    .filter(({ principalId }) => principalId === resource?.properties.principalId);
  assert.deepEqual(
    grants.map(({ scope }) => scope),
    [group],
  );
  const methods = parts.journal
    .since()
    .flatMap((entry) => (entry.kind === 'request' ? [`${entry.method} ${entry.status}`] : []));
  assert.ok(methods.includes('PUT 201'), methods.join());
});

async function writeProject(directory: string, endpoint: string): Promise<void> {
  const profile = { resourceManagerEndpoint: endpoint, activeDirectoryAuthority: endpoint };
  const config = {
    experimentalFeaturesEnabled: { deployCommands: true },
    cloud: {
      currentProfile: 'Local',
      profiles: { Local: profile },
      credentialPrecedence: ['ManagedIdentity'],
    },
  };
  await writeFile(join(directory, 'bicepconfig.json'), JSON.stringify(config));
  await writeFile(
    join(directory, 'main.bicepparam'),
    `using './main.bicep' with { mode: 'deployment', scope: '${group}' }\nparam name = 'id-bicep'\n`,
  );
  await writeFile(
    join(directory, 'main.bicep'),
    `param name string
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: resourceGroup().location
}
resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, identity.id)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${roles.reader}')
  }
}
output clientId string = identity.properties.clientId
`,
  );
}

function findBicep(): string | undefined {
  const local = join(import.meta.dirname, '..', '..', '..', '..', '.bicep');
  const candidates = [
    process.env.BICEP ?? '',
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'bicep')),
    join(local, 'bicep'),
  ];
  return candidates.find((path) => path !== '' && existsSync(path));
}
