import { parseResourceId, type ResourceId } from '../resource-id.ts';
import type { ArmContext } from './arm-context.ts';
import {
  parentResourceNotFound,
  resourceGroupNotFound,
  resourceNotFound,
  subscriptionNotFound,
} from './gateway-errors.ts';
import { findVirtual } from './read-resource.ts';

type Known = Pick<ArmContext, 'store' | 'providers'>;

/** Throws 404 if the subscription that a path names is not there. Azure says so before it asks for rights. */
export function requireSubscription(arm: Known, subscriptionId: string | undefined): void {
  if (subscriptionId === undefined || arm.store.findSubscription(subscriptionId)) return;
  throw subscriptionNotFound(subscriptionId);
}

/** Throws 404 if the group that an id lies in is not there. */
export function requireGroup(
  arm: Known,
  id: Pick<ResourceId, 'subscriptionId' | 'resourceGroup'>,
): void {
  if (id.subscriptionId === undefined || id.resourceGroup === undefined) return;
  if (arm.store.findGroup(id.subscriptionId, id.resourceGroup)) return;
  throw resourceGroupNotFound(id.resourceGroup);
}

/** Throws 404 unless the parent of a child resource, or the resource that an extension extends, exists. */
export function requireSurroundings(arm: Known, id: ResourceId, verb: 'read' | 'write'): void {
  requireSubscription(arm, id.subscriptionId);
  const isGroup = /^microsoft\.resources\/resourcegroups$/i.test(id.type);
  if (!isGroup) requireGroup(arm, id);
  if (id.parentId !== undefined) {
    const parent = parseResourceId(id.parentId);
    if (parent && !exists(arm, parent)) throw parentResourceNotFound(id, verb);
    return;
  }
  const extended = parseResourceId(id.scope);
  if (extended && !exists(arm, extended)) throw resourceNotFound(extended);
}

/** Whether there is such a resource, group or subscription. */
export function exists(arm: Known, id: ResourceId): boolean {
  if (/^microsoft\.resources\/subscriptions$/i.test(id.type)) {
    return arm.store.findSubscription(id.name) !== undefined;
  }
  return (arm.store.find(id.id) ?? findVirtual(arm, id)) !== undefined;
}
