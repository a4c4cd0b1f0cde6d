import type { Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { canonicalId } from '../canonical-id.ts';
import { deleteResource } from '../delete-resource.ts';
import { resourceGroupNotFound } from '../gateway-errors.ts';
import { findAny } from '../read-resource.ts';
import { renderResource } from '../render-resource.ts';
import { requireGroup, requireSubscription } from '../require-existing.ts';
import { requireId } from '../require-id.ts';
import { requireUnlocked } from '../require-unlocked.ts';
import { actionFor } from '../resource-access.ts';
import { resourceGroupType, roleAssignmentType } from '../resource-type-names.ts';

/** DELETE of any resource but a group: 200, or 204 where there was none. */
export const removeResource: Operation = async (arm, { path, caller }) => {
  const given = requireId(path);
  requireSubscription(arm, given.subscriptionId);
  const id = canonicalId(arm, given);
  requireAction(arm, caller, actionFor(id, 'delete'), id.id, given.id);
  requireGroup(arm, id);
  const resource = findAny(arm, id);
  if (!resource) return { status: 204 };
  requireUnlocked(arm, id, 'delete');
  await deleteResource(arm, caller, resource);
  // Azure: a role assignment is shown once more. https://learn.microsoft.com/rest/api/authorization/role-assignments/delete
  return {
    status: 200,
    ...(resource.type === roleAssignmentType && { body: renderResource(resource) }),
  };
};

/** DELETE of a group and all in it: 202 and an address to poll. */
export const removeResourceGroup: Operation = (arm, request) => {
  const given = requireId(request.path);
  requireSubscription(arm, given.subscriptionId);
  const id = canonicalId(arm, given);
  requireAction(arm, request.caller, actionFor(id, 'delete'), id.id, given.id);
  const group = arm.store.find(id.id);
  if (group?.type !== resourceGroupType) throw resourceGroupNotFound(id.name);
  requireUnlocked(arm, id, 'delete');
  const work = deleteResource(arm, request.caller, group).then(() => ({ status: 200 }));
  const location =
    `${request.origin}/subscriptions/${id.subscriptionId}/operationresults/` +
    `${arm.asyncOperations.start(work)}?api-version=${encodeURIComponent(request.apiVersion)}`;
  // Pretend: Azure says 15 seconds; here it is done in a moment.
  return { status: 202, headers: { Location: location, 'Retry-After': '0' } };
};
