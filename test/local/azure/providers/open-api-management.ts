// A vault, and the committed example of API Management deployed beside it into the embedded Azure.
import assert from 'node:assert/strict';
import { MovableClock } from '../../../../local/azure/clock.ts';
import type { Principal } from '../../../../local/azure/directory.ts';
import { readTemplate } from '../../../../local/deploy-template.ts';
import {
  addIdentity,
  grant,
  groupId,
  projectDirectory,
  subscriptionId,
  useLocalAzure,
} from '../../../support/local-azure.ts';
import { tenantId } from '../../../support/open-door.ts';

export const clock = new MovableClock();
export const azure = await useLocalAzure({ clock });
export const example = readTemplate(`${projectDirectory}/infra/examples/api-management.json`);
const owner = addIdentity(azure, 'owner');
grant(azure, owner, 'Owner', `/subscriptions/${subscriptionId}`);
export const VALUE = 'a-value-that-must-not-show';
const READ = 'Microsoft.KeyVault/vaults/secrets/getSecret/action';

/** `*.example.com`, made with OpenSSL, no password. */
export const PFX =
  'MIIEPAIBAzCCA/IGCSqGSIb3DQEHAaCCA+MEggPfMIID2zCCApIGCSqGSIb3DQEHBqCCAoMwggJ/AgEAMIICeAYJKoZIhvcNAQcB' +
  'MFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiDxaFCHsGP7QICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEMIj' +
  'gXJy9Cfkq/pgHbF+NRWAggIQurWH+ek85OVSCsOUP+AQXb0avDDG7+VXDS3mRO0aNWqWEKzj+GwHVjE6s9qAh+GM3JXOaQR3y0Px' +
  'QhIE7C/ZrjqJzu43H8Rmc6+JbyXLt+9/Hsdu99qw9qRBeAUokAbH+Uq6jk7AE5PXgZPmo9V6tIg2qTxkOZ+5bz2vUJG83DAcTX4e' +
  'bfofMHHNkil209fCmRe3LH5upkHV+NwKTcJm6e6rotemZC3bUNn4U63ouOfD0A4pNua4C6xngJL6Aj5tfvauGKqevQ2f2A9+KKut' +
  'StAIxGa2gO+mcM5nwPoTrOweyYd1mFffuvNLmvwG9hVGKaH7aUzeXUSN5x17VRydFUIKYmkDEX9LZp6gkuje71LVPr7whjmIddIg' +
  'LeVGagtetIhIo+4JmfmFF4iPykO42AF2D/N66zN6SJtqHxoUKmTKV8AkHpQ69dpdGzouPdgjSbUhjy92h/noB8F9ETs7kpBJcZJU' +
  'rM9KhJl5o7ooglVsXtAqjO6S82Xp5owisCB5Rb8jltXjQXLRsEoDDzZ4Kz/h1eVU/KgMqb4urm0RoKSohLaNZAJYWdrFX4hanq/i' +
  'QCGQCmDDXjcq8WWn8Cf/ByonPZlwCqfv2bWV7Xocw0QhjSLt46eyoDQL8VWHF8crJTZJbS1nSCZ0HWgJdxw6Jt/qfQisMBcHXYrf' +
  'Qezy/mtwA7hxBvehHS1R90NturL5MIIBQQYJKoZIhvcNAQcBoIIBMgSCAS4wggEqMIIBJgYLKoZIhvcNAQwKAQKgge8wgewwVwYJ' +
  'KoZIhvcNAQUNMEowKQYJKoZIhvcNAQUMMBwECE4sd+lAAR8cAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQRSGA4lGj' +
  'b5KujhUq1GZbEQSBkNyUE+uUYbKXl8Wt5YtsYd+AC0U9zZ2LvDydzY55Z1IjriM5YzsSQruakC4guogUyxvmdNsHKZ6umw5Os+k4' +
  'ilebFTrwlOWpRdDd2JxKQ9lqiFgIgvJ/POzhp6SJuUaefN4uVveP2Ch8aoNzcSgUMl1suqDLPWme41/37GMj7gC1DSO99F2obX5/' +
  'THc2nQ2x5jElMCMGCSqGSIb3DQEJFTEWBBTghTKZwVbA4hoVfBKFSXP1Y/jkmTBBMDEwDQYJYIZIAWUDBAIBBQAEIKJANDC1NhVv' +
  'o1fPaJZFaWZaEVO9PMoEF85VrFqo2rK7BAivIy2h3cbs2QICCAA=';

export interface World {
  readonly group: string;
  readonly vault: string;
  readonly service: string;
  readonly namedValue: string;
  readonly secretIdentifier: string;
}

/** A group with a vault and its secret `demo`. */
export async function openWorld(name: string): Promise<World> {
  const group = groupId(name);
  azure.resourceManager.addResourceGroup({ subscriptionId, name, location: 'westeurope' });
  const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv-${name}`;
  const made = await arm('PUT', vault, {
    location: 'westeurope',
    properties: {
      tenantId,
      sku: { family: 'A', name: 'standard' },
      enableRbacAuthorization: true,
    },
  });
  assert.equal(made.status, 200, made.text);
  await setSecret(vault, VALUE);
  const service = `${group}/providers/Microsoft.ApiManagement/service/apim-${name}`;
  return {
    ...{ group, vault, service },
    namedValue: `${service}/namedValues/caller-key`,
    secretIdentifier: `https://kv-${name}.vault.azure.net/secrets/demo`,
  };
}

export async function setSecret(vault: string, value: string, attributes = {}) {
  const set = await arm('PUT', `${vault}/secrets/demo`, { properties: { value, attributes } });
  assert.equal(set.status, 200, set.text);
}

export async function arm(method: string, path: string, body?: unknown, caller: Principal = owner) {
  const url = path.startsWith('https:')
    ? path
    : `https://management.azure.com${path}?api-version=2024-05-01`;
  return send(method, url, 'https://management.azure.com', caller, body);
}

export async function send(
  method: string,
  url: string,
  audience: string,
  caller: Principal,
  body?: unknown,
) {
  const { accessToken } = await azure.tokens.issue(caller, audience);
  const answer = await fetch(url, {
    method,
    headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = text.startsWith('{');
  // biome-ignore lint/suspicious/noExplicitAny: answers are read member by member in assertions.
  const json: any = isJson ? JSON.parse(text) : undefined;
  return { status: answer.status, headers: answer.headers, text, body: json };
}

export async function deploy(name: string, parameters = {}, template = example) {
  const given = {
    vaultName: `kv-${name}`,
    secretName: 'demo',
    publisherEmail: 'api@example.com',
    name: `apim-${name}`,
    ...parameters,
  };
  const record = await azure.deployments(false).start({
    name: 'api-management',
    scope: { tenantId, subscriptionId, resourceGroup: name, location: 'westeurope' },
    template,
    parameters: Object.fromEntries(Object.entries(given).map(([key, value]) => [key, { value }])),
    caller: azure.deployer,
  }).done;
  return record;
}

export function identityOf(world: World, name: string): Principal {
  const id = `${world.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-apim-${name}`;
  const principal = azure.directory.findByResourceId(id);
  assert.ok(principal);
  return principal;
}

export const decisions = (since: number) =>
  azure.journal
    .since(since)
    .flatMap((entry) => (entry.kind === 'decision' && entry.action === READ ? [entry] : []));
