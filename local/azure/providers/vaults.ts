import { ServiceError } from '../http/service-error.ts';
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import {
  type Properties,
  readArray,
  readBoolean,
  readNumber,
  readObject,
  readString,
} from './read-property.ts';

/** Letters, digits, single hyphens; begins with a letter, does not end with a hyphen. */
const NAME = /^[A-Za-z](?!.*--)[A-Za-z0-9-]{1,22}[A-Za-z0-9]$/;

/** Source: https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/create-or-update */
export function vaults(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.KeyVault/vaults',
    apiVersions: [
      '2024-11-01',
      '2024-04-01-preview',
      '2023-07-01',
      '2023-02-01',
      '2022-07-01',
      '2021-10-01',
      '2019-09-01',
      '2018-02-14',
      '2016-10-01',
      '2015-06-01',
    ],
    listed: true,
    put(request) {
      const { id, body, existing } = request;
      requireName(id.name);
      if (!existing) requireFree(services, id.name);
      const properties = checkProperties(request);
      services.vaults.putVault({
        name: id.name,
        resourceId: id.id,
        location: existing?.location ?? body.location ?? '',
        tenantId: String(properties.tenantId),
        enableRbacAuthorization: properties.enableRbacAuthorization === true,
        softDeleteRetentionInDays: Number(properties.softDeleteRetentionInDays),
        enablePurgeProtection: properties.enablePurgeProtection === true,
        accessPolicies: readPolicies(properties),
      });
      return { properties };
    },
    remove: ({ name }) => services.vaults.removeVault(name),
  };
}

/** [OfficeDev/microsoft-teams-apps-newemployeeonboarding#28] */
function requireName(name: string): void {
  if (NAME.test(name)) return;
  throw new ServiceError(
    400,
    'VaultNameNotValid',
    `The vault name '${name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must ` +
      'begin with a letter, end with a letter or digit, and not contain consecutive hyphens. ' +
      'Follow this link for more information: https://go.microsoft.com/fwlink/?linkid=2147742',
  );
}

/** [Esri/arcgis-gitops#174, alan-turing-institute/data-safe-haven#2523] */
function requireFree(services: ProviderServices, name: string): void {
  if (!services.vaults.isVaultNameTaken(name)) return;
  const isAlive = services
    .listResources()
    .some(
      (each) =>
        each.type === 'Microsoft.KeyVault/vaults' && each.name.toLowerCase() === name.toLowerCase(),
    );
  throw isAlive
    ? new ServiceError(
        409,
        'VaultAlreadyExists',
        `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the ` +
          'name is already taken. If you are sure that the vault name was not taken then it is possible that a vault ' +
          'with the same name was recently deleted but not purged after being placed in a recoverable state. If the ' +
          'vault is in a recoverable state then the vault will need to be purged before reusing the name. For more ' +
          'information about VaultAlreadyExists, soft delete and purging a vault follow this link ' +
          'https://go.microsoft.com/fwlink/?linkid=2147740.',
      )
    : new ServiceError(
        409,
        'ConflictError',
        'A vault with the same name already exists in deleted state. You need to either recover or purge existing ' +
          'key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.',
      );
}

function checkProperties({ id, body, existing }: PutRequest): Properties {
  const given = body.properties;
  const before = existing?.properties;
  const tenantId = readString(given, 'tenantId');
  if (tenantId === undefined) throw badRequest("The parameter 'tenantId' is missing.");
  const sku = readObject(given, 'sku');
  const skuName = readString(sku, 'name')?.toLowerCase() ?? '';
  if (skuName !== 'standard' && skuName !== 'premium') {
    throw badRequest(
      `The vault SKU '${skuName}' is not valid: it must be 'standard' or 'premium'.`,
    );
  }
  if (readString(given, 'createMode')?.toLowerCase() === 'recover') {
    // Pretend: a deleted vault is not brought back.
    throw badRequest("The embedded Azure does not support createMode 'recover'.");
  }
  // Azure: refused whatever it was [Azure/bicep#5223].
  const purge = readBoolean(given, 'enablePurgeProtection');
  if (purge === false) {
    throw badRequest(
      'The property "enablePurgeProtection" cannot be set to false. ' +
        'Enabling the purge protection for a vault is an irreversible action.',
    );
  }
  const days = readNumber(given, 'softDeleteRetentionInDays') ?? before?.softDeleteRetentionInDays;
  const retention = typeof days === 'number' ? days : 90;
  if (!Number.isInteger(retention) || retention < 7 || retention > 90) {
    throw badRequest('The property "softDeleteRetentionInDays" must be between 7 and 90.');
  }
  const isRbac = readBoolean(given, 'enableRbacAuthorization') ?? before?.enableRbacAuthorization;
  const policies = readArray(given, 'accessPolicies');
  if (!isRbac && !policies && !existing) {
    throw badRequest('The parameter accessPolicies is not specified.');
  }
  return {
    sku: { family: readString(sku, 'family') ?? 'A', name: skuName },
    tenantId,
    ...keptObject(given, 'networkAcls'),
    accessPolicies: policies ?? [],
    enabledForDeployment: readBoolean(given, 'enabledForDeployment') ?? false,
    ...keptBoolean(given, 'enabledForDiskEncryption'),
    ...keptBoolean(given, 'enabledForTemplateDeployment'),
    enableSoftDelete: true,
    softDeleteRetentionInDays: retention,
    enableRbacAuthorization: isRbac ?? false,
    ...((purge ?? before?.enablePurgeProtection) === true && { enablePurgeProtection: true }),
    vaultUri: `https://${id.name.toLowerCase()}.vault.azure.net/`,
    provisioningState: 'Succeeded',
    publicNetworkAccess: readString(given, 'publicNetworkAccess') ?? 'Enabled',
  };
}

/** Source: https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/create-or-update#accesspolicyentry */
function readPolicies(properties: Properties): { objectId: string; secrets: readonly string[] }[] {
  return (readArray(properties, 'accessPolicies') ?? []).map((policy) => {
    const entry = policy as Properties | null;
    const objectId = readString(entry ?? {}, 'objectId');
    if (objectId === undefined) throw badRequest('An access policy has no objectId.');
    const permissions = readObject(entry ?? {}, 'permissions');
    return { objectId, secrets: (readArray(permissions, 'secrets') ?? []).map(String) };
  });
}

function keptObject(given: Properties | undefined, name: string): Properties {
  const value = readObject(given, name);
  return value ? { [name]: value } : {};
}

function keptBoolean(given: Properties | undefined, name: string): Properties {
  const value = readBoolean(given, name);
  return value === undefined ? {} : { [name]: value };
}

/** Pretend: the wordings but for purge protection and missing access policies. */
function badRequest(message: string): ServiceError {
  return new ServiceError(400, 'BadRequest', message);
}
