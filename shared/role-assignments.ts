import type { TokenCredential } from '@azure/core-auth';
import { operations } from './operations.ts';
import { RESOURCE_MANAGER_SCOPE } from './resource-manager.ts';
import { addressOf, listAll, textOf } from './resource-manager-lists.ts';
import { createRequests } from './resource-manager-requests.ts';
import { toAppError } from './to-app-error.ts';

const PROVIDER = 'providers/Microsoft.Authorization';
const API = { 'api-version': '2022-04-01' } as const;

export interface RoleAssignment {
  readonly id: string;
  /** The asked-for principal, or a group that it is in. */
  readonly principalId: string;
  /** Trailing GUID of the definition's id, in lower case. */
  readonly roleDefinitionId: string;
  readonly scope: string;
  /** Narrows what the role allows. */
  readonly condition?: string;
}

export interface RoleAssignments {
  /**
   * What is assigned to a service principal on `scope` (a subscription or a resource group), above it and in it; also
   * through groups. `principalId`: a GUID. Throws AppError.
   * https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
   */
  listAssignedTo(scope: string, principalId: string): Promise<readonly RoleAssignment[]>;
  /**
   * Name of a role, as `scope` knows it; undefined if it knows none. Throws AppError.
   * https://learn.microsoft.com/rest/api/authorization/role-definitions/get
   */
  findRoleName(scope: string, roleDefinitionId: string): Promise<string | undefined>;
}

export function createRoleAssignments(
  credential: TokenCredential,
  principalIdInHand: (tokenScope: string) => string | undefined,
): RoleAssignments {
  const requests = createRequests(credential, RESOURCE_MANAGER_SCOPE);
  const inHand = () => principalIdInHand(RESOURCE_MANAGER_SCOPE);
  return {
    async listAssignedTo(scope, principalId) {
      try {
        const query = { ...API, $filter: `assignedTo('${principalId}')` };
        const address = addressOf(`${scope}/${PROVIDER}/roleAssignments`, query);
        return (await listAll(requests, address)).map(parseAssignment);
      } catch (error) {
        throw toAppError(error, operations.listRoleAssignments(scope), inHand());
      }
    },
    async findRoleName(scope, roleDefinitionId) {
      try {
        // At the scope: the definition's own id names the subscription, where the app may have no role.
        const address = addressOf(`${scope}/${PROVIDER}/roleDefinitions/${roleDefinitionId}`, API);
        return textOf(JSON.parse(await requests.get(address)).properties, 'roleName');
      } catch (error) {
        const known = toAppError(error, operations.readRoleDefinition(scope), inHand());
        if (known.code === 'NOT_FOUND') return undefined;
        throw known;
      }
    },
  };
}

function parseAssignment({ id, properties }: Readonly<Record<string, unknown>>): RoleAssignment {
  const principalId = textOf(properties, 'principalId');
  const roleDefinitionId = textOf(properties, 'roleDefinitionId')?.split('/').at(-1);
  const scope = textOf(properties, 'scope');
  if (typeof id !== 'string' || !principalId || !roleDefinitionId || !scope) {
    throw new TypeError('no role assignment');
  }
  const condition = textOf(properties, 'condition');
  return {
    id,
    principalId,
    roleDefinitionId: roleDefinitionId.toLowerCase(),
    scope,
    ...(condition && { condition }),
  };
}
