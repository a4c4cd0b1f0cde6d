import type { ResourceId } from '../resource-id.ts';
import type { Caller } from '../tokens/tokens.ts';
import type { ArmContext } from './arm-context.ts';
import type { Resource } from './resource.ts';

/**
 * Takes a resource away with everything below it: children and extension resources, so role assignments *at*
 * it go, while those *for* its identity stay as orphans.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting ("Role assignments with
 * identity not found")
 */
export async function deleteResource(
  arm: ArmContext,
  caller: Caller,
  resource: Resource,
): Promise<void> {
  // Innermost first, as a provider may look its parent up.
  const below = [...arm.store.below(resource.id)].sort((a, b) => b.id.length - a.id.length);
  for (const each of [...below, resource]) {
    await arm.inOrder(each.id, () => deleteOne(arm, caller, each));
  }
  removeDeploymentsBelow(arm, resource.id);
}

async function deleteOne(arm: ArmContext, caller: Caller, resource: Resource): Promise<void> {
  await arm.providers.get(resource.type.toLowerCase())?.remove?.(resource);
  if (resource.identity?.principalId !== undefined) arm.identities.remove(resource.id);
  arm.store.remove(resource.id, caller.principalId);
  arm.journal.record({
    kind: 'resource',
    operation: 'deleted',
    resourceId: resource.id,
    principalId: caller.principalId,
  });
}

function removeDeploymentsBelow({ deploymentRecords }: ArmContext, id: string): void {
  const prefix = `${id.toLowerCase()}/`;
  for (const record of deploymentRecords.all()) {
    if (record.id.toLowerCase().startsWith(prefix)) deploymentRecords.remove(record.id);
  }
}

/** Whether `id` names a group. */
export function isResourceGroup(id: Pick<ResourceId, 'type'>): boolean {
  return /^microsoft\.resources\/resourcegroups$/i.test(id.type);
}
