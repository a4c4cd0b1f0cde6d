import { toAzureTimestamp } from '../clock.ts';
import { ServiceError } from '../http/service-error.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { toLocationName } from './location-name.ts';
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import { type Properties, readBoolean, readObject, readString } from './read-property.ts';

const SKUS = new Set([
  'Standard_LRS',
  'Standard_GRS',
  'Standard_RAGRS',
  'Standard_ZRS',
  'Standard_GZRS',
  'Standard_RAGZRS',
  'Premium_LRS',
  'Premium_ZRS',
]);
const KINDS = new Set(['Storage', 'StorageV2', 'BlobStorage', 'BlockBlobStorage', 'FileStorage']);
const SERVICES = ['dfs', 'web', 'blob', 'queue', 'table', 'file'];

/** Source: https://learn.microsoft.com/rest/api/storagerp/storage-accounts/create */
export function storageAccounts(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Storage/storageAccounts',
    apiVersions: [
      '2025-01-01',
      '2024-01-01',
      '2023-05-01',
      '2023-01-01',
      '2022-09-01',
      '2021-09-01',
      '2021-04-01',
      '2019-06-01',
      '2018-07-01',
      '2016-01-01',
      '2015-06-15',
    ],
    listed: true,
    async put(request) {
      const { id, body, existing } = request;
      requireName(id.name);
      if (!existing && services.blobs.isAccountNameTaken(id.name)) {
        throw new ServiceError(
          409,
          'StorageAccountAlreadyTaken',
          `The storage account named ${id.name} is already taken.`,
          { target: id.name },
        );
      }
      const sku = checkSku(request);
      const kind = body.kind ?? existing?.kind;
      if (kind === undefined || !KINDS.has(kind)) throw invalidValue('kind');
      const properties = showProperties(services, request);
      const location = existing?.location ?? body.location ?? '';
      const allowSharedKeyAccess = readBoolean(properties, 'allowSharedKeyAccess') !== false;
      await services.blobs.putAccount({
        name: id.name,
        resourceId: id.id,
        location,
        allowSharedKeyAccess,
      });
      return { properties, sku, kind };
    },
    remove: ({ name }) => services.blobs.removeAccount(name),
    actions: {
      listkeys: (account) => listKeys(services, account),
      regeneratekey: (account) => listKeys(services, account),
      listaccountsas: refuseSas,
      listservicesas: refuseSas,
    },
  };
}

/** [microsoft/AzureSuperpowers#6, Azure/AzureMonitorStarterPacks#171] */
function requireName(name: string): void {
  if (/^[a-z0-9]{3,24}$/.test(name)) return;
  throw new ServiceError(
    400,
    'AccountNameInvalid',
    `${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in ` +
      'length and use numbers and lower-case letters only.',
    { target: name },
  );
}

function checkSku({ body, existing }: PutRequest): Properties {
  const name = readString((body.sku ?? existing?.sku) as Properties | undefined, 'name');
  if (name === undefined || !SKUS.has(name)) throw invalidValue('sku.name');
  return { name, tier: name.split('_')[0] };
}

/** Pretend: for these two properties; code and frame are the storage provider's. */
function invalidValue(property: string): ServiceError {
  return new ServiceError(
    400,
    'InvalidValuesForRequestParameters',
    `Values for request parameters are invalid: ${property}.`,
  );
}

function showProperties(
  services: ProviderServices,
  { id, body, existing }: PutRequest,
): Properties {
  const given = { ...existing?.properties, ...body.properties };
  const created = existing?.createdTime ?? toAzureTimestamp(services.clock.nowMs());
  const location = toLocationName(existing?.location ?? body.location ?? '');
  // Read for their types: these decide who may do what.
  readBoolean(given, 'allowSharedKeyAccess');
  readBoolean(given, 'allowBlobPublicAccess');
  const enabled = { enabled: true, keyType: 'Account', lastEnabledTime: created };
  return {
    keyCreationTime: { key1: created, key2: created },
    ...given,
    allowCrossTenantReplication: readBoolean(given, 'allowCrossTenantReplication') ?? false,
    minimumTlsVersion: readString(given, 'minimumTlsVersion') ?? 'TLS1_0',
    allowBlobPublicAccess: readBoolean(given, 'allowBlobPublicAccess') ?? false,
    networkAcls: readObject(given, 'networkAcls') ?? {
      bypass: 'AzureServices',
      virtualNetworkRules: [],
      ipRules: [],
      defaultAction: 'Allow',
    },
    supportsHttpsTrafficOnly: readBoolean(given, 'supportsHttpsTrafficOnly') ?? true,
    encryption: readObject(given, 'encryption') ?? {
      services: { file: enabled, blob: enabled },
      keySource: 'Microsoft.Storage',
    },
    accessTier: readString(given, 'accessTier') ?? 'Hot',
    provisioningState: 'Succeeded',
    creationTime: created,
    primaryEndpoints: Object.fromEntries(
      SERVICES.map((service) => [service, endpointOf(id.name, service)]),
    ),
    primaryLocation: location,
    statusOfPrimary: 'available',
  };
}

function endpointOf(account: string, service: string): string {
  // Azure: the zone of static web sites is numbered by region [R37].
  const zone = service === 'web' ? 'z13.web' : service;
  return `https://${account}.${zone}.core.windows.net/`;
}

/**
 * Azure: keys are listed even where `allowSharedKeyAccess` is false; it is the data plane that refuses them
 * (https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent).
 * Pretend: regenerateKey changes nothing.
 */
function listKeys({ blobs }: ProviderServices, { name, createdTime }: Resource): unknown {
  const keys = (blobs.listAccountKeys?.(name) ?? []).map(({ keyName, value }) => ({
    creationTime: createdTime,
    keyName,
    value,
    permissions: 'FULL',
  }));
  return { keys };
}

function refuseSas(): never {
  // Pretend: ARM makes no SAS here; the blob door takes those that a client makes itself.
  throw new ServiceError(
    400,
    'SasNotSupported',
    'The embedded Azure issues no shared access signatures: use a managed identity.',
  );
}
