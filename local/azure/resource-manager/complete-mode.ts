import type { DeploymentRecord } from '../deployments/deployment.ts';
import { isWithinScope } from '../resource-id.ts';
import type { Caller } from '../tokens/tokens.ts';
import type { ArmContext } from './arm-context.ts';
import { deleteResource } from './delete-resource.ts';
import { isListed } from './readable-resources.ts';

/**
 * Mode Complete: after success, takes away the group's resources that the template does not have.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/deployment-modes
 */
export async function completeMode(
  arm: ArmContext,
  caller: Caller,
  record: DeploymentRecord,
): Promise<void> {
  if (record.state !== 'Succeeded' || record.scope.resourceGroup === undefined) return;
  const kept = (record.outputResources ?? []).map(({ id }) => id);
  const { subscriptionId, resourceGroup } = record.scope;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const superfluous = arm.store
    .below(group)
    .filter((resource) => isListed(arm, resource))
    .filter(({ id }) => !kept.some((keptId) => isWithinScope(keptId, id)));
  for (const resource of superfluous) await deleteResource(arm, caller, resource);
}
