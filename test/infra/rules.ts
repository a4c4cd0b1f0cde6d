// What must hold for each resource, as data; the common scanners of templates (PSRule for Azure, Checkov) check
// most of it under other names.
import { type DeployedResource, valueAt, withValueAt } from './deployed.ts';

export interface Rule {
  readonly sentence: string;
  readonly type: string;
  /** Dotted path of the property. */
  readonly path: string;
  readonly allowed: readonly unknown[];
  /** Values that must be refused. Absence is tried as well, unless it is allowed. */
  readonly refused: readonly unknown[];
}

const storage = 'Microsoft.Storage/storageAccounts';
const vault = 'Microsoft.KeyVault/vaults';
const site = 'Microsoft.Web/sites';

export const rules: readonly Rule[] = [
  {
    sentence: 'a storage account takes no shared key',
    type: storage,
    path: 'properties.allowSharedKeyAccess',
    allowed: [false],
    refused: [true],
  },
  {
    sentence: 'a storage account shows no blob to the public',
    type: storage,
    path: 'properties.allowBlobPublicAccess',
    allowed: [false],
    refused: [true],
  },
  {
    sentence: 'a storage account is not copied to another tenant',
    type: storage,
    path: 'properties.allowCrossTenantReplication',
    allowed: [false],
    refused: [true],
  },
  {
    sentence: 'the portal opens a storage account by identity',
    type: storage,
    path: 'properties.defaultToOAuthAuthentication',
    allowed: [true],
    refused: [false],
  },
  {
    sentence: 'a storage account speaks TLS 1.2 or newer',
    type: storage,
    path: 'properties.minimumTlsVersion',
    allowed: ['TLS1_2', 'TLS1_3'],
    refused: ['TLS1_0', 'TLS1_1'],
  },
  {
    sentence: 'a storage account speaks only https',
    type: storage,
    path: 'properties.supportsHttpsTrafficOnly',
    allowed: [true],
    refused: [false],
  },
  {
    sentence: 'a container is private',
    type: `${storage}/blobServices/containers`,
    path: 'properties.publicAccess',
    allowed: ['None'],
    refused: ['Blob', 'Container'],
  },
  {
    sentence: 'a vault decides by role assignments',
    type: vault,
    path: 'properties.enableRbacAuthorization',
    allowed: [true],
    refused: [false],
  },
  {
    sentence: 'a vault has no access policies',
    type: vault,
    path: 'properties.accessPolicies',
    allowed: [undefined],
    refused: [[{ objectId: '33333333-3333-3333-3333-333333333333' }]],
  },
  {
    sentence: 'a deleted vault can be recovered',
    type: vault,
    path: 'properties.enableSoftDelete',
    allowed: [true],
    refused: [false],
  },
  {
    sentence: 'a vault gives no secret to template deployments',
    type: vault,
    path: 'properties.enabledForTemplateDeployment',
    allowed: [false],
    refused: [true],
  },
  {
    sentence: 'a workspace takes no shared key',
    type: 'Microsoft.OperationalInsights/workspaces',
    path: 'properties.features.disableLocalAuth',
    allowed: [true],
    refused: [false],
  },
  {
    sentence: 'telemetry needs an Entra token',
    type: 'Microsoft.Insights/components',
    path: 'properties.DisableLocalAuth',
    allowed: [true],
    refused: [false],
  },
  {
    sentence: 'the plan is Flex Consumption',
    type: 'Microsoft.Web/serverfarms',
    path: 'sku.name',
    allowed: ['FC1'],
    refused: ['Y1', 'EP1'],
  },
  {
    sentence: 'the app speaks only https',
    type: site,
    path: 'properties.httpsOnly',
    allowed: [true],
    refused: [false],
  },
  {
    sentence: 'the app speaks TLS 1.2 or newer',
    type: site,
    path: 'properties.siteConfig.minTlsVersion',
    allowed: ['1.2', '1.3'],
    refused: ['1.0', '1.1'],
  },
  {
    sentence: 'the deployment door of the app speaks TLS 1.2 or newer',
    type: site,
    path: 'properties.siteConfig.scmMinTlsVersion',
    allowed: ['1.2', '1.3'],
    refused: ['1.0', '1.1'],
  },
  {
    sentence: 'the app runs on Node 24',
    type: site,
    path: 'properties.functionAppConfig.runtime.version',
    allowed: ['24'],
    refused: ['20', '22'],
  },
  {
    sentence: 'nobody publishes by user name and password',
    type: `${site}/basicPublishingCredentialsPolicies`,
    path: 'properties.allow',
    allowed: [false],
    refused: [true],
  },
  {
    sentence: 'a secret is made once, by the deployment itself',
    type: `${vault}/secrets`,
    path: 'properties.value',
    // The second is how the compiled template says it: a secure parameter, whose default is newGuid().
    allowed: ['[newGuid()]', "[parameters('secretValue')]"],
    refused: ['hunter2'],
  },
];

const topic = 'Microsoft.ServiceBus/namespaces/topics';

/** Of what is only deployed with `messaging`. */
export const messagingRules: readonly Rule[] = [
  ...['Microsoft.ServiceBus/namespaces', 'Microsoft.EventHub/namespaces'].flatMap((type) => [
    {
      sentence: `${type} takes no shared key`,
      type,
      path: 'properties.disableLocalAuth',
      allowed: [true],
      refused: [false],
    },
    {
      sentence: `${type} speaks TLS 1.2 or newer`,
      type,
      path: 'properties.minimumTlsVersion',
      allowed: ['1.2', '1.3'],
      refused: ['1.0', '1.1'],
    },
    {
      sentence: `${type} has a tier with topics and consumer groups`,
      type,
      path: 'sku.name',
      allowed: ['Standard', 'Premium'],
      refused: ['Basic'],
    },
  ]),
  {
    sentence: 'the topic knows a repeated finding',
    type: topic,
    path: 'properties.requiresDuplicateDetection',
    allowed: [true],
    refused: [false],
  },
  {
    sentence: 'the topic knows it as long as Azure can remember',
    type: topic,
    path: 'properties.duplicateDetectionHistoryTimeWindow',
    allowed: ['P7D'],
    refused: ['PT10M'],
  },
  {
    sentence: 'a message is not tried for ever',
    type: `${topic}/subscriptions`,
    path: 'properties.maxDeliveryCount',
    allowed: [10],
    refused: [2000],
  },
];

const sqlServer = 'Microsoft.Sql/servers';
const script = 'Microsoft.Resources/deploymentScripts';

/** Of what is only deployed with `database`. */
export const databaseRules: readonly Rule[] = [
  {
    sentence: 'the SQL server takes Entra tokens alone, from its first moment',
    type: sqlServer,
    path: 'properties.administrators.azureADOnlyAuthentication',
    allowed: [true],
    refused: [false],
  },
  ...['administratorLogin', 'administratorLoginPassword'].map((name) => ({
    sentence: `the SQL server is given no ${name}`,
    type: sqlServer,
    path: `properties.${name}`,
    allowed: [undefined],
    refused: ['sa'],
  })),
  {
    sentence: 'the SQL server speaks TLS 1.2 or newer',
    type: sqlServer,
    path: 'properties.minimalTlsVersion',
    allowed: ['1.2', '1.3'],
    refused: ['None', '1.0', '1.1'],
  },
  ...['startIpAddress', 'endIpAddress'].map((name) => ({
    sentence: `the SQL server opens to Azure's own addresses alone (${name})`,
    type: `${sqlServer}/firewallRules`,
    path: `properties.${name}`,
    allowed: ['0.0.0.0'],
    refused: ['255.255.255.255'],
  })),
  {
    sentence: 'the database sleeps when nobody asks it',
    type: `${sqlServer}/databases`,
    path: 'properties.autoPauseDelay',
    allowed: [60],
    refused: [-1],
  },
];

/** Of the deployment script, where there is one. */
export const scriptRules: readonly Rule[] = [
  {
    sentence: "the script's container and storage account, which has a key, go with its end",
    type: script,
    path: 'properties.cleanupPreference',
    allowed: ['Always'],
    refused: ['OnSuccess', 'OnExpiration'],
  },
  {
    sentence: 'the script uses no storage account of ours, which would have to have a key',
    type: script,
    path: 'properties.storageAccountSettings',
    allowed: [undefined],
    refused: [{ storageAccountName: 'stours', storageAccountKey: 'key' }],
  },
  {
    sentence: 'the script loads nothing from elsewhere',
    type: script,
    path: 'properties.supportingScriptUris',
    allowed: [undefined],
    refused: [['https://example.com/install.ps1']],
  },
];

/** What breaks a rule, a sentence each. A rule about a type that is not there is broken too. */
export function complaints(rule: Rule, resources: readonly DeployedResource[]): readonly string[] {
  const concerned = resources.filter(({ type }) => type === rule.type);
  if (concerned.length === 0) return [`${rule.sentence}: there is no ${rule.type}`];
  return concerned
    .filter((resource) => !rule.allowed.includes(valueAt(resource, rule.path)))
    .map(({ name }) => `${rule.sentence}: ${name} has another ${rule.path}`);
}

/** One resource at a time with one refused value, and one at a time without the property. */
export function breakages(
  rule: Rule,
  resources: readonly DeployedResource[],
): DeployedResource[][] {
  const values = rule.allowed.includes(undefined) ? rule.refused : [...rule.refused, undefined];
  return resources.flatMap((resource, index) =>
    resource.type === rule.type
      ? values.map((value) => resources.with(index, withValueAt(resource, rule.path, value)))
      : [],
  );
}
