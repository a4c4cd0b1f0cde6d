import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tenantId } from '../../../support/open-door.ts';
import { openResourceManager, subscriptionId } from './open-resource-manager.ts';

const arm = await openResourceManager();
const caller = {
  principalId: arm.owner.principalId,
  clientId: arm.owner.clientId,
  tenantId,
  audience: 'https://management.azure.com',
  issuer: `https://sts.windows.net/${tenantId}/`,
};
const secretsUser = '4633458b-17de-408a-b874-0445c86b69e6';

async function deploy(resources: readonly object[], outputs: Record<string, string>) {
  const template = {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources,
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name, { type: 'string', value }]),
    ),
  };
  const scope = { tenantId, subscriptionId, resourceGroup: 'rg-test', location: 'eastus' };
  const record = await arm.manager
    .deployments(false)
    .start({ name: 'plain', scope, template, parameters: {}, caller }).done;
  assert.equal(record.state, 'Succeeded', JSON.stringify(record.error));
  return (name: string) => String(record.outputs?.[name]?.value);
}

const hosts = [
  ['Microsoft.Compute/virtualMachines', '2024-07-01', 'vm-one'],
  ['Microsoft.ApiManagement/service', '2024-05-01', 'apim-one'],
] as const;

for (const [type, apiVersion, name] of hosts) {
  test(`${type} gets both kinds of identity, each with a role in the vault`, async () => {
    const id = `resourceId('${type}', '${name}')`;
    const user = `resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-${name}')`;
    const system = `reference(${id}, '${apiVersion}', 'full').identity.principalId`;
    const ofUser = `reference(${user}, '2023-01-31').principalId`;
    const vault = `kv-${name}`;
    const assignment = (whose: string, principalId: string) => ({
      type: 'Microsoft.Authorization/roleAssignments',
      apiVersion: '2022-04-01',
      name: `[guid('${name}', '${whose}')]`,
      scope: `[resourceId('Microsoft.KeyVault/vaults', '${vault}')]`,
      dependsOn: [`[${id}]`, `[${user}]`, vault],
      properties: {
        roleDefinitionId: `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${secretsUser}')]`,
        principalId: `[${principalId}]`,
        principalType: 'ServicePrincipal',
      },
    });
    const output = await deploy(
      [
        {
          type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
          apiVersion: '2023-01-31',
          name: `id-${name}`,
          location: 'eastus',
        },
        {
          type,
          apiVersion,
          name,
          location: 'eastus',
          dependsOn: [`[${user}]`],
          identity: {
            type: 'SystemAssigned, UserAssigned',
            userAssignedIdentities: { [`[${user}]`]: {} },
          },
          properties: {},
        },
        {
          type: 'Microsoft.KeyVault/vaults',
          apiVersion: '2023-07-01',
          name: vault,
          location: 'eastus',
          properties: {
            tenantId,
            sku: { family: 'A', name: 'standard' },
            enableRbacAuthorization: true,
          },
        },
        assignment('system', system),
        assignment('user', ofUser),
      ],
      { system: `[${system}]`, user: `[${ofUser}]` },
    );
    assert.notEqual(output('system'), output('user'));
    for (const whose of ['system', 'user']) {
      const principal = arm.directory.find(output(whose));
      assert.equal(principal?.kind, 'ManagedIdentity', whose);
    }
  });
}

test('templates read the host names that Azure gives to types without a provider here', async () => {
  const types = [
    ['Microsoft.ApiManagement/service', 'gatewayUrl', 'https://Host.azure-api.net'],
    ['Microsoft.AppConfiguration/configurationStores', 'endpoint', 'https://host.azconfig.io'],
    ['Microsoft.ContainerRegistry/registries', 'loginServer', 'host.azurecr.io'],
    [
      'Microsoft.DocumentDB/databaseAccounts',
      'documentEndpoint',
      'https://host.documents.azure.com:443/',
    ],
  ] as const;
  const output = await deploy(
    types.map(([type]) => ({
      type,
      apiVersion: '2023-05-01',
      name: 'Host',
      location: 'eastus',
      properties: {},
    })),
    Object.fromEntries(
      types.map(([type, property]) => [property, `[reference('${type}/Host').${property}]`]),
    ),
  );
  for (const [, property, expected] of types) {
    assert.equal(output(property), expected.toLowerCase());
  }
});

test('a container app of an environment has a name within the domain of the environment', async () => {
  const output = await deploy(
    [
      {
        type: 'Microsoft.App/managedEnvironments',
        apiVersion: '2024-03-01',
        name: 'cae',
        location: 'eastus',
        properties: {},
      },
      {
        type: 'Microsoft.App/containerApps',
        apiVersion: '2024-03-01',
        name: 'front',
        location: 'eastus',
        dependsOn: ['cae'],
        properties: {
          environmentId: "[resourceId('Microsoft.App/managedEnvironments', 'cae')]",
          configuration: { ingress: { external: true, targetPort: 80 } },
        },
      },
    ],
    {
      domain: "[reference('cae').defaultDomain]",
      fqdn: "[reference('front').configuration.ingress.fqdn]",
    },
  );
  assert.equal(output('fqdn'), `front.${output('domain')}`);
});
