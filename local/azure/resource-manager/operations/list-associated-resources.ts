import { parseResourceId } from '../../resource-id.ts';
import type { Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { canonicalId } from '../canonical-id.ts';
import { resourceNotFound } from '../gateway-errors.ts';
import { requireSubscription } from '../require-existing.ts';
import { requireId } from '../require-id.ts';

/**
 * Resources that a user-assigned identity is assigned to.
 * Source: https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/list-associated-resources
 */
export const listAssociatedResources: Operation = (arm, { path, caller }) => {
  const given = requireId(path.slice(0, path.lastIndexOf('/')));
  requireSubscription(arm, given.subscriptionId);
  const id = canonicalId(arm, given);
  const action = 'Microsoft.ManagedIdentity/userAssignedIdentities/listAssociatedResources/action';
  requireAction(arm, caller, action, id.id, given.id);
  if (!arm.store.find(id.id)) throw resourceNotFound(id);
  const value = arm.store
    .all()
    .filter(({ identity }) =>
      Object.keys(identity?.userAssignedIdentities ?? {}).some(
        (assigned) => assigned.toLowerCase() === id.id.toLowerCase(),
      ),
    )
    .map((resource) => {
      const parsed = parseResourceId(resource.id);
      const subscription = arm.store.findSubscription(parsed?.subscriptionId ?? '');
      return {
        id: resource.id,
        name: resource.name,
        type: resource.type.toLowerCase(),
        resourceGroup: parsed?.resourceGroup,
        subscriptionId: parsed?.subscriptionId,
        subscriptionDisplayName: subscription?.displayName,
      };
    });
  return { status: 200, body: { totalCount: value.length, value } };
};
