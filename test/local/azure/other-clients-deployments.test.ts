// `az deployment group …`, request by request, as it was seen on the wire.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foreignClient } from '../../support/foreign-client.ts';
import {
  addIdentity,
  grant,
  groupId,
  subscriptionId,
  useLocalAzure,
} from '../../support/local-azure.ts';

const azure = await useLocalAzure();
azure.resourceManager.addResourceGroup({ subscriptionId, name: 'rg-az', location: 'westeurope' });
const owner = addIdentity(azure, 'az');
grant(azure, owner, 'Owner', groupId('rg-az'));
const arm = foreignClient(
  azure,
  'management.azure.com',
  owner,
  'https://management.core.windows.net/',
);

const group = `/subscriptions/${subscriptionId}/resourcegroups/rg-az`;
const deployments = `${group}/providers/Microsoft.Resources/deployments`;
const version = 'api-version=2021-04-01';

/** A file as people keep it: comments and a string over two lines, which az passes on byte by byte. */
const file = `{
  // kept by hand
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "name": { "type": "string" } /* no default */ },
  "resources": [
    {
      "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
      "apiVersion": "2023-01-31",
      "name": "[concat(parameters('name'),
        '-az')]",
      "location": "[resourceGroup().location]"
    }
  ]
}`;
const spliced = `{"properties": {"parameters": {"name": {"value": "id"}}, "mode": "Incremental", template:${file}\n}}`;
const headers = { 'Content-Type': 'application/json; charset=utf-8' };

describe('az deployment group', () => {
  it('Row 1 and 2: validate, then PUT, both with a body that is not JSON', async () => {
    assert.throws(() => JSON.parse(spliced), SyntaxError);
    const request = { body: spliced, headers };
    const valid = await arm(`${deployments}/azuredeploy/validate?${version}`, {
      method: 'POST',
      ...request,
    });
    assert.equal(valid.status, 200, valid.text);
    assert.equal(valid.body.properties.provisioningState, 'Succeeded');
    const before = await arm(`${deployments}/azuredeploy?${version}`);
    assert.deepEqual([before.status, before.body.error.code], [404, 'DeploymentNotFound']);
    const put = await arm(`${deployments}/azuredeploy?${version}`, { method: 'PUT', ...request });
    assert.equal(put.status, 201, put.text);
  });

  it('Row 3: the PUT names an operation to poll and lets az wait for nothing; then the deployment has what it made', async () => {
    const put = await arm(`${deployments}/polled?${version}`, {
      method: 'PUT',
      body: spliced,
      headers,
    });
    assert.equal(put.headers['retry-after'], '0');
    const { pathname, search } = new URL(String(put.headers['azure-asyncoperation']));
    assert.match(pathname, /\/operationStatuses\/\d+$/);
    let status = '';
    while (status !== 'Succeeded') {
      const poll = await arm(pathname + search);
      assert.match(poll.body.status, /^(Accepted|Running|Succeeded)$/);
      ({ status } = poll.body);
    }
    const { body } = await arm(`${deployments}/polled?${version}`);
    assert.equal(body.properties.outputResources.length, 1);
  });

  it('Row 4: operations by the short path, the list with a trailing slash, HEAD', async () => {
    const operations = await arm(`${group}/deployments/polled/operations?${version}`);
    assert.equal(operations.status, 200);
    assert.ok(
      operations.body.value.some(
        (each: { properties: { targetResource?: { resourceType: string } } }) =>
          each.properties.targetResource?.resourceType ===
          'Microsoft.ManagedIdentity/userAssignedIdentities',
      ),
    );
    const list = await arm(`${deployments}/?${version}`);
    assert.ok(list.body.value.some(({ name }: { name: string }) => name === 'polled'));
    const head = (name: string) => arm(`${deployments}/${name}?${version}`, { method: 'HEAD' });
    assert.deepEqual([(await head('polled')).status, (await head('none')).status], [204, 404]);
  });

  it('Row 5: what-if is a 202 with a Location; its answer has the changes, with what is there now', async () => {
    const body = spliced.replace('"value": "id"', '"value": "other"');
    const ask = async (content: string) => {
      const started = await arm(`${deployments}/predicted/whatIf?${version}`, {
        method: 'POST',
        body: content,
        headers,
      });
      assert.equal(started.status, 202, started.text);
      assert.equal(started.text, '');
      const { pathname, search } = new URL(String(started.headers.location));
      return (await arm(pathname + search)).body;
    };
    const { status, properties } = await ask(body);
    assert.equal(status, 'Succeeded');
    const changeOf = (name: string) =>
      properties.changes.find((each: { resourceId: string }) => each.resourceId.endsWith(name));
    assert.equal(changeOf('/other-az').changeType, 'Create');
    const ignored = changeOf('/id-az');
    assert.deepEqual([ignored.changeType, ignored.before.name], ['Ignore', 'id-az']);
    assert.deepEqual(ignored.after, ignored.before);
    const settings = '"whatIfSettings": {"resultFormat": "ResourceIdOnly"}, "mode"';
    const short = await ask(body.replace('"mode"', settings));
    assert.ok(short.properties.changes.every((each: object) => !('before' in each)));
  });

  it('what-if of a Complete deployment says what would be deleted, and deletes nothing', async () => {
    const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-az`;
    const read = () => arm(`${identity}?api-version=2023-01-31`);
    assert.equal((await read()).status, 200);
    const started = await arm(`${deployments}/complete/whatIf?${version}`, {
      method: 'POST',
      body: spliced
        .replace('"value": "id"', '"value": "kept"')
        .replace('"Incremental"', '"Complete"'),
      headers,
    });
    assert.equal(started.status, 202, started.text);
    const { pathname, search } = new URL(String(started.headers.location));
    const { properties } = (await arm(pathname + search)).body;
    const changes = properties.changes.map(
      ({ resourceId, changeType }: { resourceId: string; changeType: string }) =>
        `${changeType} ${resourceId.split('/').at(-1)}`,
    );
    assert.ok(changes.includes('Create kept-az') && changes.includes('Delete id-az'), changes);
    assert.equal((await read()).status, 200);
  });

  it('what-if shows no app settings, which may hold secrets', async () => {
    const version = '2023-12-01';
    const site = `${groupId('rg-az')}/providers/Microsoft.Web/sites/site-az`;
    const appSettings = [{ name: 'SETTING', value: 'canary-of-what-if' }];
    await arm(`${site}?api-version=${version}`, {
      method: 'PUT',
      body: { location: 'westeurope', properties: { siteConfig: { appSettings } } },
    });
    const template = {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      resources: [
        {
          type: 'Microsoft.Web/sites/config',
          apiVersion: version,
          name: 'site-az/appsettings',
          properties: { SETTING: 'other' },
        },
      ],
    };
    const started = await arm(`${deployments}/settings/whatIf?api-version=2021-04-01`, {
      method: 'POST',
      body: { properties: { mode: 'Incremental', template } },
    });
    const { pathname, search } = new URL(String(started.headers.location));
    const { text } = await arm(pathname + search);
    assert.match(text, /"changeType":"Deploy"/);
    assert.doesNotMatch(text, /canary-of-what-if/);
  });

  it('Row 6: the name is the file’s name; one with characters that ARM does not take is a 400', async () => {
    const put = (name: string) =>
      arm(`${deployments}/${name}?${version}`, { method: 'PUT', body: spliced, headers });
    assert.equal((await put('main.v2_(copy)')).status, 201);
    const refused = await put('a%20b');
    assert.equal(refused.status, 400);
    assert.match(refused.body.error.code, /^InvalidDeployment/);
  });
});
