import { test } from 'node:test';
import { ResourceManagementClient } from '@azure/arm-resources';
import { addIdentity, credentialOf, grant, groupId, subscriptionId, useLocalAzure } from '/work/main/test/support/local-azure.ts';
const azure = await useLocalAzure();
azure.resourceManager.addResourceGroup({ subscriptionId, name: 'rg-test', location: 'eastus' });
test('x', async () => {
  const owner = addIdentity(azure, 'owner');
  grant(azure, owner, 'Owner', groupId('rg-test'));
  const client = new ResourceManagementClient(credentialOf(azure, owner), subscriptionId);
  await client.resources.createOrUpdate('rg-test','Microsoft.ManagedIdentity','','userAssignedIdentities','id-x','2023-01-31',{location:'eastus'}).catch((e)=>console.log(e.message));
  console.log(azure.journal.since().filter((e)=>e.kind==='request'));
});
