import type { TokenCredential } from '@azure/core-auth';
import { operations } from './operations.ts';
import { RESOURCE_MANAGER_SCOPE } from './resource-manager.ts';
import { addressOf, listAll, textOf } from './resource-manager-lists.ts';
import { createRequests } from './resource-manager-requests.ts';
import { toAppError } from './to-app-error.ts';

const PROVIDER = 'providers/Microsoft.ManagedIdentity';
const API = { 'api-version': '2024-11-30' } as const;

export interface UserAssignedIdentity {
  /** Azure: with a small `resourcegroups`. */
  readonly id: string;
  readonly name: string;
  readonly principalId?: string;
  readonly clientId?: string;
  readonly tenantId?: string;
}

export interface ManagedIdentities {
  /**
   * The user-assigned identities of a subscription or a resource group. Throws AppError.
   * https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/list-by-resource-group
   */
  listUserAssigned(scope: string): Promise<readonly UserAssignedIdentity[]>;
  /**
   * Client id of a resource's system-assigned identity: lists of resources don't have it. Undefined if there is none.
   * Throws AppError. https://learn.microsoft.com/rest/api/managedidentity/system-assigned-identities/get-by-scope
   */
  findSystemAssignedClientId(resourceId: string): Promise<string | undefined>;
}

export function createManagedIdentities(
  credential: TokenCredential,
  principalIdInHand: (tokenScope: string) => string | undefined,
): ManagedIdentities {
  const requests = createRequests(credential, RESOURCE_MANAGER_SCOPE);
  const inHand = () => principalIdInHand(RESOURCE_MANAGER_SCOPE);
  return {
    async listUserAssigned(scope) {
      try {
        const address = addressOf(`${scope}/${PROVIDER}/userAssignedIdentities`, API);
        return (await listAll(requests, address)).map(parseIdentity);
      } catch (error) {
        throw toAppError(error, operations.listIdentities(scope), inHand());
      }
    },
    async findSystemAssignedClientId(resourceId) {
      try {
        const address = addressOf(`${resourceId}/${PROVIDER}/identities/default`, API);
        return textOf(JSON.parse(await requests.get(address)).properties, 'clientId');
      } catch (error) {
        const known = toAppError(
          error,
          operations.readSystemAssignedIdentity(resourceId),
          inHand(),
        );
        if (known.code === 'NOT_FOUND') return undefined;
        throw known;
      }
    },
  };
}

function parseIdentity(item: Readonly<Record<string, unknown>>): UserAssignedIdentity {
  const id = textOf(item, 'id');
  const name = textOf(item, 'name');
  if (id === undefined || name === undefined) throw new TypeError('no id');
  const principalId = textOf(item.properties, 'principalId');
  const clientId = textOf(item.properties, 'clientId');
  const tenantId = textOf(item.properties, 'tenantId');
  return {
    id,
    name,
    ...(principalId !== undefined && { principalId }),
    ...(clientId !== undefined && { clientId }),
    ...(tenantId !== undefined && { tenantId }),
  };
}
