// Names that Azure accepts, whatever the environment is called: the subscription variant has the longest name.
// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deployedBy } from './deployed.ts';
import { variants } from './snapshot.ts';

const nameRules: Readonly<Record<string, RegExp>> = {
  'Microsoft.Authorization/roleAssignments': /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  // https://learn.microsoft.com/rest/api/servicebus/create-namespace, for both kinds of namespaces
  'Microsoft.EventHub/namespaces': /^(?!.*-(sb|mgmt)$)[a-zA-Z][a-zA-Z0-9-]{4,48}[a-zA-Z0-9]$/,
  'Microsoft.EventHub/namespaces/eventhubs': /^[a-zA-Z0-9][\w.-]{0,254}[a-zA-Z0-9]$/,
  'Microsoft.EventHub/namespaces/eventhubs/consumergroups': /^[a-zA-Z0-9][\w.-]{0,48}[a-zA-Z0-9]$/,
  'Microsoft.Insights/components': /^[^%&\\?/]{1,259}[^%&\\?/. ]$/,
  'Microsoft.KeyVault/vaults': /^(?!.*--)[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/,
  'Microsoft.KeyVault/vaults/secrets': /^[a-zA-Z0-9-]{1,127}$/,
  'Microsoft.ManagedIdentity/userAssignedIdentities': /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$/,
  'Microsoft.OperationalInsights/workspaces': /^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$/,
  'Microsoft.Resources/deploymentScripts': /^[\w().-]{1,90}$/,
  'Microsoft.Resources/resourceGroups': /^[\w().-]{0,89}[\w()-]$/,
  'Microsoft.ServiceBus/namespaces': /^(?!.*-(sb|mgmt)$)[a-zA-Z][a-zA-Z0-9-]{4,48}[a-zA-Z0-9]$/,
  'Microsoft.ServiceBus/namespaces/queues': /^[a-zA-Z0-9][\w.-]{0,258}[a-zA-Z0-9]$/,
  'Microsoft.ServiceBus/namespaces/topics': /^[a-zA-Z0-9][\w.-]{0,258}[a-zA-Z0-9]$/,
  'Microsoft.ServiceBus/namespaces/topics/subscriptions': /^[a-zA-Z0-9][\w.-]{0,48}[a-zA-Z0-9]$/,
  // A rule of any other name would stand beside the one that takes every message.
  'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules': /^\$Default$/,
  'Microsoft.Sql/servers': /^(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  'Microsoft.Sql/servers/databases': /^(?!master$)[^<>*%&:\\/?]{1,127}[^<>*%&:\\/?. ]$/,
  'Microsoft.Sql/servers/firewallRules': /^[^<>*%&:\\/?]{1,127}[^<>*%&:\\/?.]$/,
  'Microsoft.Storage/storageAccounts': /^[a-z0-9]{3,24}$/,
  'Microsoft.Storage/storageAccounts/blobServices': /^default$/,
  'Microsoft.Storage/storageAccounts/blobServices/containers':
    /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
  'Microsoft.Web/serverfarms': /^[a-zA-Z0-9-]{1,60}$/,
  // 60 for a site; the Functions host takes its id from the first 32, and two apps with the same id disturb each other:
  // https://learn.microsoft.com/azure/azure-functions/storage-considerations#host-id-considerations
  'Microsoft.Web/sites': /^[a-zA-Z0-9][a-zA-Z0-9-]{0,30}[a-zA-Z0-9]$/,
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': /^(ftp|scm)$/,
};

for (const variant of variants) {
  describe(`the ${variant.name} variant`, () => {
    it('has only names that Azure accepts', async () => {
      for (const { type, name } of await deployedBy(variant)) {
        const rule = nameRules[type];
        assert.ok(rule, `no rule for the names of ${type}`);
        assert.match(name.split('/').at(-1) ?? '', rule, type);
      }
    });

    it('tags whatever can be tagged with the environment', async () => {
      const untagged =
        /roleAssignments$|\/firewallRules$|\/(secrets|blobServices|containers|basicPublishing\w+)$|\/(queues|topics|subscriptions|rules|eventhubs|consumergroups)$/;
      for (const { type, tags } of await deployedBy(variant)) {
        if (!untagged.test(type)) assert.ok(tags && 'azd-env-name' in Object(tags), type);
      }
    });
  });
}

describe('azd', () => {
  it('finds exactly one app for the service in azure.yaml', async () => {
    for (const variant of variants) {
      const tagged = (await deployedBy(variant)).filter(
        ({ tags }) => tags && Object(tags)['azd-service-name'] === 'api',
      );
      assert.deepEqual(
        tagged.map(({ type }) => type),
        ['Microsoft.Web/sites'],
      );
    }
  });
});
