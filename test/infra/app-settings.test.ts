// What the template sets is what the code reads, and the host's own settings: nothing is forgotten, nothing is left over.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  databaseSettingNames,
  loadSettings,
  messagingSettingNames,
  settingNames,
  webApiSettingNames,
} from '../../shared/settings.ts';
import { deployedBy, valueAt } from './deployed.ts';
import { type Variant, variants } from './snapshot.ts';

/** Read by the Functions host, not by our code. */
const hostSettingNames = [
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__credential',
];

/** With Event Hubs and Service Bus: read by the host for the triggers. */
const connections = ['EventHubsConnection', 'ServiceBusConnection'];
const connectionNames = connections.flatMap((name) =>
  ['fullyQualifiedNamespace', 'credential', 'clientId'].map((part) => `${name}__${part}`),
);

/** Read by shared/, and left to its default. */
const optionalNames: readonly string[] = ['SQL_POOL_SIZE'];

const onlyUserAssigned = /^AZURE_CLIENT_ID$|__clientId$/;

/** Flex Consumption refuses these: https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations */
const refusedByFlex =
  /^(FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_RUN_FROM_PACKAGE|WEBSITE_CONTENT|WEBSITE_NODE_DEFAULT_VERSION|ENABLE_ORYX_BUILD|SCM_DO_BUILD_DURING_DEPLOYMENT)/;

const looksSecret =
  /AccountKey=|SharedAccessKey|SharedAccessSignature|Password|[?&]sig=|\blist[A-Z]\w*\(|@Microsoft\.KeyVault/i;

for (const variant of variants) {
  const userAssigned = variant.identityKind === 'userAssigned';

  describe(`the app settings of the ${variant.name} variant`, () => {
    it('are those that shared/ reads and those of the host', async () => {
      const off: readonly string[] = [
        ...optionalNames,
        ...(variant.messaging ? [] : messagingSettingNames),
        ...(variant.database ? [] : databaseSettingNames),
        ...(variant.webApi ? [] : webApiSettingNames),
      ];
      const host = [...hostSettingNames, ...(variant.messaging ? connectionNames : [])];
      const expected = [...settingNames, ...host].filter(
        (name) => !off.includes(name) && (userAssigned || !onlyUserAssigned.test(name)),
      );
      assert.deepEqual(Object.keys(await appSettings(variant)).sort(), expected.sort());
    });

    it('hold no key, and nothing that Flex Consumption refuses', async () => {
      for (const [name, value] of Object.entries(await appSettings(variant))) {
        assert.doesNotMatch(name, refusedByFlex);
        assert.doesNotMatch(value, looksSecret, name);
      }
    });

    it('name the identity to every reader of one', async () => {
      const settings = await appSettings(variant);
      assert.equal(settings.IDENTITY_KIND, userAssigned ? 'userAssigned' : 'systemAssigned');
      assert.equal(settings.AzureWebJobsStorage__credential, 'managedidentity');
      for (const connection of variant.messaging ? connections : []) {
        assert.equal(settings[`${connection}__credential`], 'managedidentity');
        assert.equal(settings[`${connection}__clientId`], settings.AZURE_CLIENT_ID);
      }
      const telemetry = settings.APPLICATIONINSIGHTS_AUTHENTICATION_STRING;
      if (!userAssigned) return assert.equal(telemetry, 'Authorization=AAD');
      assert.match(settings.AZURE_CLIENT_ID ?? '', /\.clientId\]$/);
      assert.equal(settings.AzureWebJobsStorage__clientId, settings.AZURE_CLIENT_ID);
      assert.match(
        telemetry ?? '',
        /^\[format\('ClientId=\{0\};Authorization=AAD', .+\.clientId\)\]$/,
      );
    });

    if (variant.messaging) {
      it('give the triggers the namespaces that the app itself talks to', async () => {
        const settings = await appSettings(variant);
        const hostOf = (name: string) => settings[`${name}Connection__fullyQualifiedNamespace`];
        assert.equal(hostOf('ServiceBus'), settings.SERVICE_BUS_NAMESPACE);
        assert.equal(hostOf('EventHubs'), settings.EVENT_HUBS_NAMESPACE);
        assert.match(settings.SERVICE_BUS_NAMESPACE ?? '', /outputs\.serviceBusHost\.value/);
        assert.notEqual(settings.SERVICE_BUS_NAMESPACE, settings.EVENT_HUBS_NAMESPACE);
      });
    }

    it('are accepted by the code, once Azure has filled in what it makes up', async () => {
      const settings = { ...(await appSettings(variant)), ...madeUpByAzure(variant) };
      const { problems, isMessagingOn, isDatabaseOn, isWebApiOn } = loadSettings(settings);
      assert.deepEqual(problems, []);
      assert.equal(isMessagingOn, variant.messaging !== undefined);
      assert.equal(isDatabaseOn, variant.database !== undefined);
      assert.equal(isWebApiOn, variant.webApi === true);
    });
  });
}

async function appSettings(variant: Variant): Promise<Readonly<Record<string, string>>> {
  const site = (await deployedBy(variant)).find(({ type }) => type === 'Microsoft.Web/sites');
  const settings = valueAt(site, 'properties.siteConfig.appSettings');
  assert.ok(Array.isArray(settings));
  const entries = settings.map(({ name, value }) => [String(name), String(value)] as const);
  assert.equal(new Set(entries.map(([name]) => name)).size, entries.length, 'one value a name');
  return Object.fromEntries(entries);
}

function madeUpByAzure({
  identityKind,
  messaging,
  database,
}: Variant): Readonly<Record<string, string>> {
  const containers = 'https://stdataabc.blob.core.windows.net';
  return {
    KEY_VAULT_URL: 'https://kv-abc.vault.azure.net/',
    SCAN_STATE_CONTAINER_URL: `${containers}/scan-state`,
    ...(identityKind === 'userAssigned' && {
      AZURE_CLIENT_ID: '44444444-4444-4444-4444-444444444444',
    }),
    ...(messaging && {
      EVENTS_CONTAINER_URL: `${containers}/events`,
      SERVICE_BUS_NAMESPACE: 'sb-abc.servicebus.windows.net',
      EVENT_HUBS_NAMESPACE: 'evh-abc.servicebus.windows.net',
    }),
    ...(database && { SQL_SERVER: 'sql-abc.database.windows.net' }),
  };
}
