import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { findHostId } from '../../../local/functions-host/host-id.ts';
import { loadHostJson } from '../../../local/functions-host/host-json.ts';
import { readHostStorageSettings } from '../../../local/functions-host/host-storage.ts';
import { filterLog, type LogEntry } from '../../../local/functions-host/log.ts';
import {
  findSetting,
  isDisabled,
  resolveSettings,
} from '../../../local/functions-host/setting-resolution.ts';

describe('a setting', () => {
  it('is found without case, with a colon or two underscores', () => {
    const environment = { 'Outer:Inner': 'x' };
    assert.equal(findSetting(environment, 'OUTER__inner'), 'x');
    assert.equal(findSetting(environment, 'Outer_Inner'), undefined);
  });

  it('replaces its name between percent signs', () => {
    const environment = { A: '1', b: '2' };
    assert.equal(resolveSettings('%A%-%B%!', environment), '1-2!');
    assert.equal(resolveSettings('none', environment), 'none');
    assert.throws(() => resolveSettings('%X%', environment), {
      message: "'%X%' does not resolve to a value.",
    });
    assert.throws(() => resolveSettings('100%', environment), /does not have a closing '%'/);
  });

  it('8: disables a function', () => {
    const disabled = (name: string, value: string) => isDisabled('fn', { [name]: value });
    for (const name of [
      'AzureWebJobs.fn.Disabled',
      'AzureWebJobs_fn_Disabled',
      'azurewebjobs_FN_disabled',
    ]) {
      assert.equal(disabled(name, 'true'), true, name);
      assert.equal(disabled(name, '1'), true, name);
      assert.equal(disabled(name, 'false'), false, name);
    }
    assert.equal(disabled('AzureWebJobs__fn__Disabled', 'true'), false);
    assert.equal(disabled('AzureWebJobs.other.Disabled', 'true'), false);
  });
});

describe("the host's id", () => {
  it("is given, or the app's name, or the machine's", () => {
    const given = { AzureFunctionsWebHost__hostid: 'given', WEBSITE_SITE_NAME: 'site' };
    assert.equal(findHostId(given, '/app'), 'given');
    const site = 'Func-With-A-Long-Name-That-Goes--On';
    assert.equal(
      findHostId({ WEBSITE_SITE_NAME: site }, '/app'),
      'func-with-a-long-name-that-goes',
    );
    assert.notEqual(findHostId({}, '/app'), findHostId({}, '/other'));
    assert.match(findHostId({}, '/app'), /^[a-z0-9-]{1,32}$/);
  });
});

describe('host storage', () => {
  it('is named by its address or its account', () => {
    assert.equal(
      readHostStorageSettings({ AzureWebJobsStorage__accountName: 'sthost' })?.blobServiceUri,
      'https://sthost.blob.core.windows.net',
    );
    assert.deepEqual(
      readHostStorageSettings({
        'AzureWebJobsStorage:blobServiceUri': 'https://sthost.blob.core.windows.net/',
        AzureWebJobsStorage__credential: 'managedidentity',
        AzureWebJobsStorage__clientId: 'id',
      }),
      {
        blobServiceUri: 'https://sthost.blob.core.windows.net/',
        usesManagedIdentity: true,
        clientId: 'id',
      },
    );
    assert.equal(readHostStorageSettings({}), undefined);
  });

  it('is not a connection string, which is not repeated', () => {
    assert.throws(
      () => readHostStorageSettings({ AzureWebJobsStorage: 'AccountKey=secret' }),
      (error: Error) => /connection string/.test(error.message) && !/secret/.test(error.message),
    );
  });
});

describe('host.json', () => {
  const folder = mkdtempSync(join(tmpdir(), 'host-json-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const load = (content: unknown) => {
    writeFileSync(
      join(folder, 'host.json'),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
    return loadHostJson(folder);
  };

  it('has a default for everything', async () => {
    const expected = {
      routePrefix: 'api',
      functionTimeoutMs: 1_800_000,
      logLevels: {},
      hasExtensionBundle: false,
      extensions: { serviceBus: undefined, eventHubs: undefined },
    };
    assert.deepEqual(await loadHostJson(join(folder, 'nowhere')), expected);
    assert.deepEqual(await load({ version: '2.0' }), expected);
  });

  it('says prefix, time limit, levels and bundle', async () => {
    const content = {
      version: '2.0',
      functionTimeout: '00:05:00',
      extensions: { http: { routePrefix: '/v1/' }, ServiceBus: { prefetchCount: 5 } },
      logging: { logLevel: { default: 'Warning', 'Host.Results': 'None' } },
      extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.*, 5.0.0)' },
    };
    assert.deepEqual(await load(content), {
      routePrefix: 'v1',
      functionTimeoutMs: 300_000,
      logLevels: { default: 'warning', 'Host.Results': 'none' },
      hasExtensionBundle: true,
      extensions: { serviceBus: { prefetchCount: 5 }, eventHubs: undefined },
    });
    assert.equal(
      (await load({ functionTimeout: '-1' })).functionTimeoutMs,
      Number.POSITIVE_INFINITY,
    );
  });

  it('is refused with the file and the setting named', async () => {
    await assert.rejects(load('{'), /Unable to parse host configuration file '.*host\.json'/);
    await assert.rejects(load('[]'), /Unable to parse/);
    await assert.rejects(
      load({ version: '1.0' }),
      /host\.json: version must be "2\.0", not "1\.0"/,
    );
    await assert.rejects(load({ functionTimeout: 'soon' }), /functionTimeout/);
    await assert.rejects(
      load({ logging: { logLevel: { default: 'loud' } } }),
      /"loud" is no log level/,
    );
  });
});

describe('the log filter', () => {
  it('goes by the longest category that fits', () => {
    const seen: string[] = [];
    const log = filterLog((entry) => seen.push(entry.message), {
      default: 'error',
      Function: 'information',
      'Function.loud': 'trace',
    });
    const entry = (category: string, level: LogEntry['level'], message: string) =>
      log({ category, level, message });
    entry('Host.General', 'information', 'host information');
    entry('Host.General', 'error', 'host error');
    entry('Function.quiet', 'debug', 'quiet debug');
    entry('Function.quiet.User', 'information', 'quiet information');
    entry('Function.loud.User', 'trace', 'loud trace');
    assert.deepEqual(seen, ['host error', 'quiet information', 'loud trace']);
  });
});
