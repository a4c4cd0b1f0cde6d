// The same with a system-assigned identity, whose client id no list has.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findIdentity } from '../../../shared/identity/find-identity.ts';
import { listIdentities } from '../../../shared/identity/list-identities.ts';
import { useLocalAzure } from '../../support/local-azure.ts';
import { deployApp } from '../deployed-app.ts';

const azure = await useLocalAzure();
const app = await deployApp(azure, { identityKind: 'systemAssigned', messaging: false });
const services = app.createServices();
const scopes = [app.groupId];
const own = azure.directory.findByResourceId(app.siteId) ?? assert.fail();

describe('the system-assigned identity of the deployed app', () => {
  it('is listed as the site’s, without a client id', async () => {
    const { identities } = await listIdentities({ top: 50 }, scopes, services);
    assert.deepEqual(identities, [
      {
        kind: 'systemAssigned',
        name: app.siteId.split('/').at(-1),
        resourceId: app.siteId,
        principalId: own.principalId,
        tenantId: azure.directory.tenantId,
        isInScanScopes: true,
        assignedTo: [app.siteId],
      },
    ]);
  });

  it('is found with its client id, by either id, and has what the template grants', async () => {
    const byPrincipal = await findIdentity(own.principalId, scopes, services);
    assert.equal(byPrincipal.identity.clientId, own.clientId);
    assert.deepEqual(await findIdentity(own.clientId, scopes, services), {
      ...byPrincipal,
      matchedBy: 'clientId',
    });
    assert.deepEqual(byPrincipal.roleAssignments.map(({ roleName }) => roleName).toSorted(), [
      'Key Vault Secrets User',
      'Monitoring Metrics Publisher',
      'Reader',
      'Storage Blob Data Contributor',
      'Storage Blob Data Owner',
    ]);
  });
});
