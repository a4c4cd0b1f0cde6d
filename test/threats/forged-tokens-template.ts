import { tenantId } from '../../local/azure/tenant.ts';
import { apiClientId, doors } from '../local/azure/tokens/token-bench.ts';
import { groupId } from '../support/local-azure.ts';
import { names } from './token-doors.ts';

const common = { location: 'westeurope' };
const providers = `${groupId(names.group)}/providers`;
export const apiId = `${providers}/Microsoft.Web/sites/${names.api}`;

function template(...resources: readonly Record<string, unknown>[]) {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources,
  };
}

/** What the doors need: a vault, a storage account, and a site with a registration. */
export const doorsTemplate = template(
  {
    ...common,
    type: 'Microsoft.KeyVault/vaults',
    apiVersion: '2024-11-01',
    name: names.vault,
    properties: {
      tenantId,
      sku: { family: 'A', name: 'standard' },
      enableRbacAuthorization: true,
    },
  },
  {
    ...common,
    type: 'Microsoft.Storage/storageAccounts',
    apiVersion: '2024-01-01',
    name: names.account,
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
    properties: { allowSharedKeyAccess: false },
  },
  {
    ...common,
    type: 'Microsoft.Web/serverfarms',
    apiVersion: '2024-04-01',
    name: 'plan-api',
    sku: { name: 'B1' },
    properties: { reserved: true },
  },
  {
    ...common,
    type: 'Microsoft.Web/sites',
    apiVersion: '2024-04-01',
    name: names.api,
    kind: 'functionapp,linux',
    dependsOn: [`${providers}/Microsoft.Web/serverfarms/plan-api`],
    properties: { serverFarmId: `${providers}/Microsoft.Web/serverfarms/plan-api`, reserved: true },
  },
  {
    type: 'Microsoft.Web/sites/config',
    apiVersion: '2024-04-01',
    name: `${names.api}/authsettingsV2`,
    dependsOn: [apiId],
    properties: {
      platform: { enabled: true },
      globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'Return401' },
      identityProviders: {
        azureActiveDirectory: {
          enabled: true,
          registration: {
            clientId: apiClientId,
            openIdIssuer: `https://sts.windows.net/${tenantId}/`,
          },
          validation: { allowedAudiences: doors['app-service'] },
        },
      },
    },
  },
);

const planId = `${providers}/Microsoft.Web/serverfarms/plan-forged`;
export const siteId = `${providers}/Microsoft.Web/sites/app-forged`;
export const identityId = `${providers}/Microsoft.ManagedIdentity/userAssignedIdentities/id-forged`;

/** An app that has, or has no longer, the one identity beside it. */
export function siteTemplate(isAssigned: boolean) {
  return template(
    {
      ...common,
      type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
      apiVersion: '2024-11-30',
      name: 'id-forged',
    },
    {
      ...common,
      type: 'Microsoft.Web/serverfarms',
      apiVersion: '2024-04-01',
      name: 'plan-forged',
      sku: { name: 'B1' },
    },
    {
      ...common,
      type: 'Microsoft.Web/sites',
      apiVersion: '2024-04-01',
      name: 'app-forged',
      kind: 'app',
      dependsOn: [identityId, planId],
      identity: isAssigned
        ? { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } }
        : { type: 'None' },
      properties: { serverFarmId: planId },
    },
  );
}
