// Names, places and tags that ARM refuses, in the words that its users have reported.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { group, openResourceManager, subscription } from './open-resource-manager.ts';

const arm = await openResourceManager();
const version = 'api-version=2025-04-01';
const groups = `${subscription}/resourceGroups`;
const deployments = `${group}/providers/Microsoft.Resources/deployments`;

async function refusal(path: string, body: unknown): Promise<readonly [string, string]> {
  const { status, body: answer } = await arm.call('PUT', `${path}?${version}`, { body });
  assert.equal(status, 400);
  return [answer.error.code, answer.error.message];
}

test('a group name with other characters, or over 90, is refused, one of 90 is not', async () => {
  const body = { location: 'eastus' };
  const [code, message] = await refusal(`${groups}/a%20new%20group`, body);
  assert.equal(code, 'InvalidResourceGroup');
  assert.match(
    message,
    /^The provided resource group name 'a new group' has these invalid characters: ' '\. /,
  );
  const [longCode] = await refusal(`${groups}/${'g'.repeat(91)}`, body);
  assert.equal(longCode, 'InvalidResourceGroup');
  const made = await arm.call('PUT', `${groups}/${'g'.repeat(90)}?${version}`, { body });
  assert.equal(made.status, 201);
});

test('a place that is no region is refused, in other words for a group than for a resource', async () => {
  const body = { location: 'atlantis' };
  const [code, message] = await refusal(`${groups}/rg-sunk`, body);
  assert.equal(code, 'LocationNotAvailableForResourceGroup');
  assert.match(message, /^The provided location 'atlantis' is not available for resource group\. /);
  const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-sunk`;
  const [typeCode, typeMessage] = await refusal(identity, body);
  assert.equal(typeCode, 'LocationNotAvailableForResourceType');
  assert.match(
    typeMessage,
    /for resource type 'Microsoft\.ManagedIdentity\/userAssignedIdentities'/,
  );
});

test('a deployment name is refused for its characters, or for its length with both numbers', async () => {
  const [code, message] = await refusal(`${deployments}/no%20blanks!`, {});
  assert.equal(code, 'InvalidDeployment');
  assert.match(
    message,
    /^The provided deployment name 'no blanks!' has these invalid characters: ' !'/,
  );
  const [, long] = await refusal(`${deployments}/${'d'.repeat(65)}`, {});
  assert.match(long, /has a length of '65' which exceeds the maximum length of '64'\.$/);
});

test("tags may not have ARM's own characters in their names, unless the portal made them", async () => {
  const hidden = `hidden-link:${group}/providers/Microsoft.Insights/components/appi`;
  const tagged = { location: 'eastus', tags: { [hidden]: 'Resource' } };
  const made = await arm.call('PUT', `${groups}/rg-tagged?${version}`, { body: tagged });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.body.tags[hidden], 'Resource');
  const [code] = await refusal(`${groups}/rg-tagged`, { location: 'eastus', tags: { 'a/b': '' } });
  assert.equal(code, 'InvalidTagNameCharacters');
});
