// A tenant with its clock, keys and two identities, for the tests of this folder.
import { Directory, type Principal } from '../../../../local/azure/directory.ts';
import { Journal } from '../../../../local/azure/journal.ts';
import { createTokens } from '../../../../local/azure/tokens/create-tokens.ts';
import { createSigningKeys } from '../../../../local/azure/tokens/signing-keys.ts';
import { StillClock } from '../../../support/still-clock.ts';

export const tenantId = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';
export const group = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e/resourceGroups/rg';
export const appId = `${group}/providers/Microsoft.Web/sites/app`;

export const systemAssigned: Principal = {
  principalId: '11111111-aaaa-4bbb-8ccc-000000000001',
  clientId: '22222222-aaaa-4bbb-8ccc-000000000001',
  kind: 'ManagedIdentity',
  displayName: 'app',
  resourceId: appId,
};

export const userAssigned = userAssignedIdentity('identity', 2);
export const otherUserAssigned = userAssignedIdentity('other', 3);

function userAssignedIdentity(name: string, number: number): Principal {
  return {
    principalId: `11111111-aaaa-4bbb-8ccc-00000000000${number}`,
    clientId: `22222222-aaaa-4bbb-8ccc-00000000000${number}`,
    kind: 'ManagedIdentity',
    displayName: name,
    resourceId: `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
  };
}

export async function createTenant() {
  const clock = new StillClock();
  const journal = new Journal(clock);
  const directory = new Directory(tenantId);
  for (const principal of [systemAssigned, userAssigned, otherUserAssigned]) {
    directory.add(principal);
  }
  const keys = await createSigningKeys();
  const tokens = createTokens({ clock, directory, keys });
  return { clock, journal, directory, keys, tokens };
}

/** The `identity` of a resource that has these identities. */
export function identityOf(system: boolean, ...users: readonly Principal[]) {
  return {
    type: 'any',
    ...(system && { principalId: systemAssigned.principalId, tenantId }),
    userAssignedIdentities: Object.fromEntries(
      users.map(({ resourceId = '', principalId, clientId }) => [
        resourceId,
        { principalId, clientId },
      ]),
    ),
  };
}
