// Which audiences there are: those that each door accepts, and those that Entra ID issues tokens for.
import type { Directory } from '../directory.ts';

/** `https://x` and `https://x/`: one resource to Entra ID, two strings in `aud`. */
function withAndWithoutSlash(...addresses: readonly string[]): readonly string[] {
  return addresses.flatMap((address) => [address, `${address}/`]);
}

/** The list that ARM's own refusal names [hashicorp/go-azure-helpers#51]; az asks for `management.core.windows.net`. */
export const resourceManagerAudiences = withAndWithoutSlash(
  'https://management.azure.com',
  'https://management.core.windows.net',
);

/** Source: [R25] without, clients of several languages with the slash. */
export const keyVaultAudiences = withAndWithoutSlash('https://vault.azure.net');

/**
 * What the blob service of an account accepts; another account's own audience is not among it.
 * Source: https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory
 */
export function storageAudiences(accountName: string): readonly string[] {
  return withAndWithoutSlash(
    'https://storage.azure.com',
    `https://${accountName.toLowerCase()}.blob.core.windows.net`,
  );
}

export const eventHubsAudiences = withAndWithoutSlash('https://eventhubs.azure.net');
export const serviceBusAudiences = withAndWithoutSlash('https://servicebus.azure.net');
export const sqlAudiences = withAndWithoutSlash('https://database.windows.net');
export const graphAudiences = withAndWithoutSlash('https://graph.microsoft.com');

/** Azure's other resources, lower case and without a last slash. */
const OTHER_AUDIENCES = new Set([
  'api://azureadtokenexchange',
  'https://ai.azure.com',
  'https://analysis.windows.net/powerbi/api',
  'https://api.applicationinsights.io',
  'https://api.loganalytics.io',
  'https://appconfig.azure.com',
  'https://atlas.microsoft.com',
  'https://azconfig.io',
  'https://batch.core.windows.net',
  'https://cognitiveservices.azure.com',
  'https://communication.azure.com',
  'https://containerregistry.azure.net',
  'https://cosmos.azure.com',
  'https://datalake.azure.net',
  'https://dev.azuresynapse.net',
  'https://digitaltwins.azure.net',
  'https://durabletask.io',
  'https://eventgrid.azure.net',
  'https://graph.windows.net',
  'https://iothubs.azure.net',
  'https://managedhsm.azure.net',
  'https://ml.azure.com',
  'https://monitor.azure.com',
  'https://ossrdbms-aad.database.windows.net',
  'https://purview.azure.net',
  'https://redis.azure.com',
  'https://search.azure.com',
  'https://signalr.azure.com',
  'https://webpubsub.azure.com',
]);

/** Resources that have an audience of their own; a vault or an SQL server has none, only its service. */
const RESOURCE_HOST =
  /^https:\/\/[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:(?:blob|queue|table|file|dfs)\.core\.windows\.net|servicebus\.windows\.net|documents\.azure\.com|azconfig\.io|kusto\.windows\.net)$/;

/** Application ids of Microsoft's own services: an audience by id is as good as one by address. */
const APPLICATION_IDS = new Set([
  '00000002-0000-0000-c000-000000000000', // Azure AD Graph
  '00000003-0000-0000-c000-000000000000', // Microsoft Graph
  '022907d3-0f1b-48f7-badc-1ba6abab6d66', // Azure SQL Database
  '797f4846-ba00-4fd7-ba43-dac1f8f63013', // Windows Azure Service Management API
  '80369ed6-5f11-4dd9-bef3-692475845e77', // Microsoft.EventHubs
  '80a10ef9-8168-493d-abf9-3297c4ef6e3c', // Microsoft.ServiceBus
  'cfa8b339-82a2-471a-a3c9-0fc0be7a4093', // Azure Key Vault
  'e406a681-f3d4-42a8-90b6-c2b029497af1', // Azure Storage
]);

const DOOR_AUDIENCES: ReadonlySet<string> = new Set(
  [
    ...resourceManagerAudiences,
    ...keyVaultAudiences,
    ...eventHubsAudiences,
    ...serviceBusAudiences,
    ...sqlAudiences,
    ...graphAudiences,
    'https://storage.azure.com',
  ].map(withoutSlash),
);

/**
 * Whether Entra ID knows the resource: a service of Azure, or an application of this tenant (by its id, as `api://{id}`
 * or by an identifier URI). For any other it answers AADSTS500011.
 * Pretend: nobody publishes which resources a tenant knows; this list is what Azure's SDKs ask for.
 */
export function isKnownAudience(audience: string, directory: Directory): boolean {
  const plain = withoutSlash(audience.toLowerCase());
  return (
    DOOR_AUDIENCES.has(plain) ||
    OTHER_AUDIENCES.has(plain) ||
    APPLICATION_IDS.has(plain) ||
    RESOURCE_HOST.test(plain) ||
    directory.findByClientId(plain.replace(/^api:\/\//, ''))?.kind === 'Application' ||
    directory.all().some(({ identifierUris = [] }) => identifierUris.some(isSame))
  );

  function isSame(uri: string): boolean {
    return withoutSlash(uri.toLowerCase()) === plain;
  }
}

function withoutSlash(address: string): string {
  return address.replace(/\/$/, '');
}
