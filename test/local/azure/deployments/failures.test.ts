import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../../../local/azure/http/service-error.ts';
import { deploy, groupId, identity, MemoryTarget, template } from './memory-target.ts';

const identityType = 'Microsoft.ManagedIdentity/userAssignedIdentities';
const identityId = (name: string) => `${groupId}/providers/${identityType}/${name}`;

test('an existing resource that is not there fails the one that refers to it', async () => {
  const id = `${groupId}/providers/Microsoft.Storage/storageAccounts/gone`;
  const content = template({
    resources: [
      identity('a', { tags: { x: `[reference('${id}', '2024-01-01').a]` } }),
      identity('b'),
    ],
  });
  const target = new MemoryTarget();
  const { error } = await deploy(target, content);
  assert.deepEqual(
    error?.details?.map(({ code, message }) => [code, message.slice(0, 86)]),
    [
      [
        'ResourceNotFound',
        "The Resource 'Microsoft.Storage/storageAccounts/gone' under resource group 'rg1' was n",
      ],
    ],
  );
  assert.deepEqual(target.puts, [identityId('b')]);
});

test('after a failure dependents are not started, everything else is finished', async () => {
  const target = new MemoryTarget();
  target.failures.set('bad', new ServiceError(409, 'Conflict', 'the name is taken'));
  const content = template({
    resources: [
      identity('bad'),
      identity('dependent', { dependsOn: ['bad'] }),
      identity('good'),
      identity('after-good', { dependsOn: ['good'] }),
    ],
  });
  const record = await deploy(target, content);
  assert.deepEqual(record.error, {
    code: 'DeploymentFailed',
    target: record.id,
    message:
      'At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details.',
    details: [{ code: 'Conflict', message: 'the name is taken' }],
  });
  assert.equal(record.state, 'Failed');
  assert.equal(record.outputs, undefined);
  assert.deepEqual(
    target.puts.map((id) => id.split('/').at(-1)),
    ['bad', 'good', 'after-good'],
  );
  const failed = record.operations.find(({ provisioningState }) => provisioningState === 'Failed');
  assert.deepEqual(failed?.statusMessage, {
    error: { code: 'Conflict', message: 'the name is taken' },
  });
});

test('an expression that fails at run time says in which resource, in ARM’s words', async () => {
  const content = template({
    resources: [identity('a'), identity('b', { properties: { x: "[reference('a').nope]" } })],
  });
  const { error } = await deploy(new MemoryTarget(), content);
  assert.equal(error?.details?.[0]?.code, 'InvalidTemplate');
  assert.match(
    error?.details?.[0]?.message ?? '',
    /^Unable to process template language expressions for resource '.*\/b' at line '1' and column '\d+'\. 'The language expression property 'nope' doesn't exist, available properties are 'x?/,
  );
});
