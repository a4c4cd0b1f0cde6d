import { toAzureTimestamp } from '../clock.ts';
import { parseResourceId, type ResourceId } from '../resource-id.ts';
import type { Caller } from '../tokens/tokens.ts';
import type { ArmContext } from './arm-context.ts';
import { requireAction } from './authorization.ts';
import { canonicalId } from './canonical-id.ts';
import { methodNotAllowed } from './gateway-errors.ts';
import { deploymentAsResource } from './render-deployment.ts';
import type { Resource } from './resource.ts';
import { actionFor } from './resource-access.ts';

/** The resource that the caller may read; undefined if there is none. Throws 403 first, as Azure does. */
export function readResource(
  arm: ArmContext,
  caller: Caller,
  id: ResourceId,
): Resource | undefined {
  const canonical = canonicalId(arm, id);
  requireAction(arm, caller, actionFor(canonical, 'read'), canonical.id, id.id);
  // Azure: told only to POST …/list [Azure/azure-powershell#4247].
  if (isHidden(arm, canonical)) throw methodNotAllowed('GET');
  return findAny(arm, canonical);
}

export function isHidden({ providers }: Pick<ArmContext, 'providers'>, id: ResourceId): boolean {
  return providers.get(id.type.toLowerCase())?.isHidden?.(id) ?? false;
}

/** As `readResource` without the access check. */
export function findAny(
  arm: Pick<ArmContext, 'store' | 'providers' | 'deploymentRecords'>,
  id: ResourceId,
): Resource | undefined {
  const record = arm.deploymentRecords.find(id.id);
  if (record) return deploymentAsResource(record);
  const stored = arm.store.find(id.id);
  return stored ? asOfNow(arm, stored) : findVirtual(arm, id);
}

/** A stored resource with what its data plane knows at this moment. */
export function asOfNow(
  { providers }: Pick<ArmContext, 'providers'>,
  resource: Resource,
): Resource {
  const properties = providers.get(resource.type.toLowerCase())?.current?.(resource);
  return properties ? { ...resource, properties } : resource;
}

/** What a provider shows without its ever having been put: `blobServices/default`. */
export function findVirtual(
  arm: Pick<ArmContext, 'store' | 'providers'>,
  id: ResourceId,
): Resource | undefined {
  const provider = arm.providers.get(id.type.toLowerCase());
  const shown = provider?.read?.(id);
  if (!provider || !shown) return undefined;
  const parent = parseResourceId(id.parentId ?? id.scope);
  const owner = parent && arm.store.find(parent.id);
  if (id.parentId !== undefined && !owner) return undefined;
  return {
    id: canonicalId(arm, id).id,
    name: id.fullName,
    type: provider.type,
    apiVersion: provider.apiVersions[0] ?? '',
    ...shown,
    createdTime: owner?.createdTime ?? toAzureTimestamp(0),
    changedTime: owner?.changedTime ?? toAzureTimestamp(0),
  };
}
