import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AppError } from '../../shared/errors.ts';
import {
  databaseSettingNames,
  type Environment,
  loadSettings,
  messagingSettingNames,
  settingNames,
  webApiSettingNames,
} from '../../shared/settings.ts';

const SUBSCRIPTION = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e';
const GOOD = {
  IDENTITY_KIND: 'userAssigned',
  AZURE_CLIENT_ID: '00001111-aaaa-2222-bbbb-3333cccc4444',
  KEY_VAULT_URL: 'https://kv-app.vault.azure.net/',
  SCAN_SCHEDULE: '0 */5 * * * *',
  SCAN_SCOPES: `${SUBSCRIPTION}/resourceGroups/rg-app`,
  SCAN_LOOKBACK: 'P1D',
  SCAN_OVERLAP: 'PT48H',
  SCAN_FEED: 'resourceGraph',
  SCAN_RECONCILE: 'PT12H',
  SCAN_STATE_CONTAINER_URL: 'https://stapp.blob.core.windows.net/scan-state',
  SERVICE_BUS_NAMESPACE: 'sb-app.servicebus.windows.net',
  SERVICE_BUS_TOPIC: 'new-resources',
  SERVICE_BUS_REQUEST_QUEUE: 'scan-requests',
  SERVICE_BUS_REJECTED_QUEUE: 'rejected',
  SERVICE_BUS_SUBSCRIPTION: 'inventory',
  EVENT_HUBS_NAMESPACE: 'evh-app.servicebus.windows.net',
  EVENT_HUB: 'resource-events',
  EVENT_HUBS_CONSUMER_GROUP: '$Default',
  EVENTS_CONTAINER_URL: 'https://stapp.blob.core.windows.net/events',
  SQL_SERVER: 'sql-app.database.windows.net',
  SQL_DATABASE: 'inventory',
  SQL_POOL_SIZE: '10',
  WEB_API_URL: 'https://func-orders.azurewebsites.net/api/orders?top=1',
  WEB_API_SCOPE: 'api://44444444-4444-4444-4444-444444444444/.default',
} as const satisfies Environment;

const NAMESPACES = [
  '',
  'sb-app',
  'sb://sb-app.servicebus.windows.net',
  'https://sb-app.servicebus.windows.net/',
  'sb-app.servicebus.windows.net/',
  'sb-app.servicebus.windows.net.',
  'sb-app.servicebus.windows.net.evil.example',
  'sb-app.servicebus.windows.net:5671',
  '1bus.servicebus.windows.net',
  'bus.servicebus.windows.net',
  'bus-app-.servicebus.windows.net',
  'bus-app-sb.servicebus.windows.net',
  'bus-app-mgmt.servicebus.windows.net',
  'sb-app.servicebus.usgovcloudapi.net',
  'sb-app.servicebus.chinacloudapi.cn',
  'Endpoint=sb://sb-app.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=a2V5',
];

function problemsOf(changes: Environment): string[] {
  return loadSettings({ ...GOOD, ...changes }).problems.map(({ message }) => message);
}

describe('the settings', () => {
  it('are parsed', () => {
    const settings = loadSettings(GOOD);
    assert.deepEqual(settings.problems, []);
    assert.deepEqual(
      settings.need('IDENTITY_KIND', 'SCAN_SCOPES', 'SCAN_LOOKBACK', 'SCAN_OVERLAP'),
      {
        IDENTITY_KIND: { kind: 'userAssigned', clientId: GOOD.AZURE_CLIENT_ID },
        SCAN_SCOPES: [GOOD.SCAN_SCOPES],
        SCAN_LOOKBACK: 86_400_000,
        SCAN_OVERLAP: 172_800_000,
      },
    );
    assert.equal(settings.need('KEY_VAULT_URL').KEY_VAULT_URL.hostname, 'kv-app.vault.azure.net');
  });

  it('name all that is read', () => {
    assert.deepEqual([...settingNames].sort(), Object.keys(GOOD).sort());
  });

  it('fall back to 48 hours of overlap', () => {
    const { SCAN_OVERLAP: _, ...rest } = GOOD;
    assert.equal(loadSettings(rest).need('SCAN_OVERLAP').SCAN_OVERLAP, 172_800_000);
  });

  it('read the list unless they name Resource Graph, which the list then checks once a day', () => {
    const { SCAN_FEED: _, SCAN_RECONCILE: __, ...rest } = GOOD;
    const needed = (env: Environment) => loadSettings(env).need('SCAN_FEED', 'SCAN_RECONCILE');
    assert.deepEqual(needed(rest), { SCAN_FEED: 'list', SCAN_RECONCILE: 86_400_000 });
    assert.deepEqual(needed(GOOD), { SCAN_FEED: 'resourceGraph', SCAN_RECONCILE: 43_200_000 });
    assert.deepEqual(problemsOf({ SCAN_FEED: 'ResourceGraph' }), [
      'SCAN_FEED must be list or resourceGraph.',
    ]);
  });

  it('mean the developer only where IDENTITY_KIND is absent', () => {
    const kindOf = (changes: Environment) =>
      loadSettings({ ...GOOD, ...changes }).need('IDENTITY_KIND').IDENTITY_KIND.kind;
    assert.equal(kindOf({ IDENTITY_KIND: undefined }), 'developer');
    assert.equal(kindOf({ IDENTITY_KIND: 'systemAssigned' }), 'systemAssigned');
    assert.throws(() => kindOf({ IDENTITY_KIND: '' }), { code: 'CONFIG_INVALID' });
    assert.throws(() => kindOf({ IDENTITY_KIND: 'user-assigned' }), { code: 'CONFIG_INVALID' });
  });

  it('never throw while loading, and complain about everything at once', () => {
    const { problems, need } = loadSettings({ IDENTITY_KIND: 'userAssigned' });
    assert.deepEqual(problems.map(({ setting }) => setting).sort(), [
      'AZURE_CLIENT_ID',
      'KEY_VAULT_URL',
      'SCAN_LOOKBACK',
      'SCAN_SCHEDULE',
      'SCAN_SCOPES',
      'SCAN_STATE_CONTAINER_URL',
    ]);
    for (const { setting, message } of problems) assert.ok(message.startsWith(setting), message);
    assert.throws(
      () => need('SCAN_SCOPES', 'SCAN_LOOKBACK'),
      (error: AppError) => {
        assert.equal(error.code, 'CONFIG_INVALID');
        assert.match(error.message, /SCAN_SCOPES is missing.*SCAN_LOOKBACK is missing/s);
        assert.doesNotMatch(error.message, /KEY_VAULT_URL/);
        return true;
      },
    );
  });

  it('fail nobody who does not need the bad one', () => {
    const { need } = loadSettings({ ...GOOD, KEY_VAULT_URL: 'nonsense' });
    assert.ok(need('SCAN_STATE_CONTAINER_URL', 'IDENTITY_KIND'));
  });

  const refused: Readonly<Record<string, readonly string[]>> = {
    AZURE_CLIENT_ID: ['', 'id-app', `${SUBSCRIPTION}/x`, ' 00001111-aaaa-2222-bbbb-3333cccc4444'],
    KEY_VAULT_URL: [
      '',
      ' https://kv-app.vault.azure.net/',
      'https://kv-app.vault.azure.net/ ',
      'https://https://kv-app.vault.azure.net/',
      'http://kv-app.vault.azure.net/',
      'kv-app',
      'kv-app.vault.azure.net',
      'https://kv-app.vault.azure.net./',
      'https://kv-app.vault.azure.net/secrets/x',
      'https://kv-app.vault.azure.net.evil.example/',
      'https://user@kv-app.vault.azure.net/',
      'https://kv-app.vault.azure.net:444/',
      'https://169.254.169.254/',
      'https://kv-app.vault.azure.cn/',
      'https://kv-app.vault.usgovcloudapi.net/',
      '@Microsoft.KeyVault(SecretUri=https://kv-app.vault.azure.net/secrets/url)',
    ],
    SCAN_SCHEDULE: ['', 'every minute', '@daily', '* * *', '0 */5 * * * * '],
    SCAN_SCOPES: [
      '',
      'rg-app',
      '/subscriptions/not-a-guid',
      `${SUBSCRIPTION}/`,
      `${SUBSCRIPTION}/resourceGroups/`,
      `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Web/sites/x`,
      `${SUBSCRIPTION}/resourceGroups/..`,
      `${SUBSCRIPTION}, ${SUBSCRIPTION}/resourceGroups/a`,
      `${SUBSCRIPTION},`,
      `https://management.azure.com${SUBSCRIPTION}`,
    ],
    SCAN_LOOKBACK: [
      '',
      'P',
      'PT',
      '1D',
      'P1M',
      'P1Y',
      'P0D',
      'PT0S',
      '-P1D',
      'P1DT',
      'P99999D',
      '24:00:00',
    ],
    SCAN_OVERLAP: ['', '48'],
    WEB_API_URL: [
      '',
      'api.contoso.example',
      'http://api.contoso.example/',
      'https://api.contoso.example:8443/',
      'https://user@api.contoso.example/',
      'https://api.contoso.example/#part',
      'https://localhost/',
      'https://169.254.169.254/metadata/identity',
      'https://2852039166/',
      'https://[::1]/',
      'https://api.contoso.example/?sig=abc&sv=2024',
    ],
    WEB_API_SCOPE: [
      '',
      '.default',
      'api://44444444-4444-4444-4444-444444444444',
      'api://44444444-4444-4444-4444-444444444444/Orders.Read',
      'https://graph.microsoft.com/User.Read',
      'http://graph.microsoft.com/.default',
      'api://a/.default https://graph.microsoft.com/.default',
    ],
    SERVICE_BUS_NAMESPACE: NAMESPACES,
    EVENT_HUBS_NAMESPACE: NAMESPACES,
    SERVICE_BUS_TOPIC: ['', '/topic', 'topic/', 'a b', 'sb://ns/topic', 't'.repeat(261), '%TOPIC%'],
    SERVICE_BUS_REQUEST_QUEUE: ['', '$DeadLetterQueue', 'q?', '-q', 'q-'],
    SERVICE_BUS_REJECTED_QUEUE: ['', 'q/$DeadLetterQueue', ' q'],
    SERVICE_BUS_SUBSCRIPTION: ['', 'topic/subscriptions/s', 's'.repeat(51), '.s'],
    EVENT_HUB: ['', 'hub/Partitions/0', 'h'.repeat(257), 'hub '],
    EVENT_HUBS_CONSUMER_GROUP: ['', '$default2', 'g'.repeat(51), 'a/b'],
    SQL_SERVER: [
      '',
      'sql-app',
      'tcp:sql-app.database.windows.net,1433',
      'sql-app.database.windows.net,1433',
      'sql-app.database.windows.net:1433',
      'https://sql-app.database.windows.net',
      'sql-app.database.windows.net.',
      'sql-app.database.windows.net.evil.example',
      'sql-app.database.windows.net\\instance',
      '-sql.database.windows.net',
      'sql-.database.windows.net',
      `${'s'.repeat(64)}.database.windows.net`,
      '10.0.0.4',
      'sql-app.database.usgovcloudapi.net',
      'sql-app.database.chinacloudapi.cn',
      'Server=sql-app.database.windows.net;User ID=sa;Password=hunter2',
    ],
    SQL_DATABASE: ['', 'master', 'a/b', 'inventory.', 'inventory?x', 'd'.repeat(129), 'in\u0000v'],
    SQL_POOL_SIZE: ['', '0', '-1', '101', '1e1', '2.5', 'ten'],
    EVENTS_CONTAINER_URL: ['', 'https://stapp.blob.core.usgovcloudapi.net/events'],
    SCAN_STATE_CONTAINER_URL: [
      '',
      'https://stapp.blob.core.windows.net',
      'https://stapp.blob.core.windows.net/',
      'https://stapp.blob.core.windows.net/scan-state/',
      'https://stapp.blob.core.windows.net/scan-state/blob',
      'https://stapp.blob.core.windows.net./scan-state',
      'https://stapp.blob.core.windows.net/Scan',
      'https://stapp.blob.core.windows.net/a--b',
      'https://stapp.blob.core.chinacloudapi.cn/scan-state',
      'https://stapp.blob.core.windows.net/scan-state?sv=2024-11-04&sig=c2VjcmV0',
      `DefaultEndpointsProtocol=https;AccountName=stapp;AccountKey=${'a'.repeat(86)}==`,
    ],
  };
  for (const [name, values] of Object.entries(refused)) {
    for (const value of values) {
      it(`refuse ${name}=${JSON.stringify(value)}, in a sentence that does not repeat it`, () => {
        const [message, ...more] = problemsOf({ [name]: value });
        assert.deepEqual(more, []);
        assert.match(message ?? '', new RegExp(`^${name} .{10,}\\.$`));
        if (value.length > 8) assert.ok(!message?.includes(value), message);
      });
    }
  }

  it('take scopes in any case, each once, and a whole subscription', () => {
    const { SCAN_SCOPES } = loadSettings({
      ...GOOD,
      SCAN_SCOPES: `${SUBSCRIPTION},${SUBSCRIPTION.toUpperCase()},${SUBSCRIPTION}/resourcegroups/Rg_1.(x)`,
    }).need('SCAN_SCOPES');
    assert.equal(SCAN_SCOPES.length, 2);
  });

  for (const [text, milliseconds] of [
    ['PT48H', 172_800_000],
    ['P1DT1H1M1S', 90_061_000],
    ['P2W', 1_209_600_000],
    ['PT90M', 5_400_000],
  ] as const) {
    it(`read ${text}`, () => {
      assert.equal(
        loadSettings({ ...GOOD, SCAN_LOOKBACK: text }).need('SCAN_LOOKBACK').SCAN_LOOKBACK,
        milliseconds,
      );
    });
  }

  it('refuse a key in AzureWebJobsStorage, but not the Application Insights connection string', () => {
    assert.match(
      problemsOf({ AzureWebJobsStorage: 'AccountName=st;AccountKey=x' }).join(),
      /AzureWebJobsStorage holds a key/,
    );
    assert.deepEqual(
      problemsOf({
        APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=0;IngestionEndpoint=https://x/',
      }),
      [],
    );
  });

  it('stop every call while TLS verification is off', () => {
    const { need } = loadSettings({ ...GOOD, NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    assert.throws(() => need('IDENTITY_KIND'), /NODE_TLS_REJECT_UNAUTHORIZED turns off/);
  });

  it('leave messaging out where none of its settings is there, and want all where one is', () => {
    const without = (...names: readonly string[]) =>
      loadSettings({ ...GOOD, ...Object.fromEntries(names.map((name) => [name, undefined])) });
    const off = without(...messagingSettingNames);
    assert.deepEqual(off.problems, []);
    assert.equal(off.isMessagingOn, false);
    assert.throws(
      () => off.need('SERVICE_BUS_NAMESPACE', 'SERVICE_BUS_TOPIC'),
      /SERVICE_BUS_NAMESPACE is missing: .*SERVICE_BUS_TOPIC is missing: /,
    );
    for (const name of messagingSettingNames) {
      const { problems, isMessagingOn } = without(name);
      assert.equal(isMessagingOn, true);
      assert.deepEqual(
        problems.map(({ setting }) => setting),
        [name],
      );
    }
  });

  it('leave the database out where none of its settings is there, and want all where one is', () => {
    const without = (...names: readonly string[]) =>
      loadSettings({ ...GOOD, ...Object.fromEntries(names.map((name) => [name, undefined])) });
    const off = without(...databaseSettingNames);
    assert.deepEqual(off.problems, []);
    assert.equal(off.isDatabaseOn, false);
    assert.throws(() => off.need('SQL_SERVER', 'SQL_DATABASE'), /SQL_SERVER is .*SQL_DATABASE is /);
    for (const name of ['SQL_SERVER', 'SQL_DATABASE'] as const) {
      const { problems, isDatabaseOn } = without(name);
      assert.equal(isDatabaseOn, true);
      assert.deepEqual(
        problems.map(({ setting }) => setting),
        [name],
      );
    }
    assert.equal(without('SQL_POOL_SIZE').need('SQL_POOL_SIZE').SQL_POOL_SIZE, 10);
  });

  it('leave the further API out where neither of its settings is there, and want both where one is', () => {
    const without = (...names: readonly string[]) =>
      loadSettings({ ...GOOD, ...Object.fromEntries(names.map((name) => [name, undefined])) });
    const off = without(...webApiSettingNames);
    assert.deepEqual(off.problems, []);
    assert.equal(off.isWebApiOn, false);
    for (const name of webApiSettingNames) {
      const { problems, isWebApiOn } = without(name);
      assert.equal(isWebApiOn, true);
      assert.deepEqual(
        problems.map(({ setting }) => setting),
        [name],
      );
    }
  });

  it('take the API by any name that the world knows, and its scope in each form that Entra takes', () => {
    for (const scope of [
      'https://graph.microsoft.com/.default',
      'https://management.azure.com//.default',
      'api://contoso.example/orders/.default',
      '00000003-0000-0000-c000-000000000000/.default',
    ]) {
      assert.deepEqual(problemsOf({ WEB_API_SCOPE: scope }), [], scope);
    }
    const { WEB_API_URL } = loadSettings(GOOD).need('WEB_API_URL');
    assert.equal(WEB_API_URL.href, GOOD.WEB_API_URL);
  });

  describe('[T3] with DEBUG', () => {
    const inAzure = { ...GOOD, WEBSITE_SITE_NAME: 'func-app' };
    for (const value of [
      'rhea:frames',
      'rhea*',
      '*',
      'rhea:*',
      'express,rhea:message',
      'rhea:raw x',
    ]) {
      it(`=${value} refuse messaging in Azure, and nothing else`, () => {
        const { problems, need } = loadSettings({ ...inAzure, DEBUG: value });
        assert.deepEqual(
          problems.map(({ setting }) => setting),
          ['DEBUG'],
        );
        for (const name of ['SERVICE_BUS_NAMESPACE', 'EVENT_HUBS_NAMESPACE'] as const) {
          assert.throws(() => need(name), { code: 'CONFIG_INVALID', message: /^DEBUG makes rhea/ });
        }
        assert.ok(need('KEY_VAULT_URL', 'IDENTITY_KIND'));
        assert.deepEqual(loadSettings({ ...GOOD, DEBUG: value }).problems, [], 'not elsewhere');
      });
    }

    for (const value of [
      '',
      'azure*',
      'rhea:events',
      'rhea',
      'rhea:*,-rhea:*',
      '*,-rhea*',
      'xrhea:*',
    ]) {
      it(`=${value} complain about nothing`, () => {
        assert.deepEqual(loadSettings({ ...inAzure, DEBUG: value }).problems, []);
      });
    }
  });
});
