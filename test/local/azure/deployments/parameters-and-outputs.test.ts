import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDeployments } from '../../../../local/azure/deployments/run.ts';
import {
  caller,
  deploy,
  groupId,
  identity,
  MemoryTarget,
  outputValues,
  request,
  template,
} from './memory-target.ts';

test('deployer(), deployment(), subscription(), tenant(), environment() know the deployment', async () => {
  const value = (text: string) => ({ type: 'string', value: `[${text}]` });
  const content = template({
    outputs: {
      who: value('deployer().objectId'),
      name: value('deployment().name'),
      subscription: value('subscription().displayName'),
      tenant: value('tenant().tenantId'),
      vaults: value('environment().suffixes.keyvaultDns'),
      login: value('environment().authentication.loginEndpoint'),
    },
  });
  assert.deepEqual(outputValues(await deploy(new MemoryTarget(), content)), {
    who: caller.principalId,
    name: 'main',
    subscription: 'Local Azure',
    tenant: caller.tenantId,
    vaults: '.vault.azure.net',
    login: 'https://login.microsoftonline.com/',
  });
});

test('a parameter may be a secret of a vault; a target that reads none refuses it by name', async () => {
  const content = template({
    parameters: { password: { type: 'secureString' } },
    resources: [identity('a', { properties: { value: "[parameters('password')]" } })],
  });
  const reference = {
    keyVault: { id: `${groupId}/providers/Microsoft.KeyVault/vaults/v` },
    secretName: 'demo',
  };
  const target = new MemoryTarget();
  const record = await deploy(target, content, { password: { reference } });
  assert.deepEqual(target.body('/a').properties, { value: 'secret demo' });
  assert.equal(JSON.stringify(record).includes('secret demo'), false);

  const without = new MemoryTarget();
  Object.defineProperty(without, 'readVaultSecret', { value: undefined });
  assert.throws(
    () => createDeployments(without).start(request(content, { password: { reference } })),
    {
      message: /The Key Vault reference of parameter 'password' is not supported/,
    },
  );
});

test('secure parameters and outputs are in no record', async () => {
  const target = new MemoryTarget();
  const content = template({
    parameters: { password: { type: 'securestring' }, settings: { type: 'secureObject' } },
    resources: [identity('a', { properties: { value: "[parameters('password')]" } })],
    outputs: { echo: { type: 'secureString', value: "[parameters('password')]" } },
  });
  const record = await deploy(target, content, {
    password: { value: 'pa55word' },
    settings: { value: { key: 'pa55word' } },
  });
  assert.deepEqual(record.outputs, { echo: { type: 'SecureString' } });
  assert.equal(JSON.stringify(target.records).includes('pa55word'), false);
  assert.deepEqual(target.body('/a').properties, { value: 'pa55word' });
});

test('outputs: conditions, loops, null where it may be, and the type is checked', async () => {
  const content = template({
    outputs: {
      off: { type: 'string', condition: false, value: 'x' },
      loop: { type: 'array', copy: { count: 3, input: '[mul(copyIndex(), 2)]' } },
      nothing: { type: 'string', nullable: true, value: '[null()]' },
    },
  });
  assert.deepEqual(outputValues(await deploy(new MemoryTarget(), content)), {
    loop: [0, 2, 4],
    nothing: null,
  });

  const wrong = template({ outputs: { o: { type: 'string', value: '[createArray(1)]' } } });
  const { error } = await deploy(new MemoryTarget(), wrong);
  assert.equal(error?.code, 'DeploymentOutputEvaluationFailed');
  assert.match(
    error?.details?.[0]?.message ?? '',
    /Expected a value of type 'String, Uri', but received a value of type 'Array'/,
  );
});
