import { parseResourceId } from '../resource-id.ts';
import type { ArmContext } from '../resource-manager/arm-context.ts';
import { isListed, isListedYet } from '../resource-manager/readable-resources.ts';
import { renderResource } from '../resource-manager/render-resource.ts';
import type { Resource } from '../resource-manager/resource.ts';
import type { Subscription } from '../resource-manager/resource-store.ts';
import { changeRow } from './change-row.ts';
import { graphTypeOf, isGroupType, SUBSCRIPTION } from './graph-type.ts';
import type { Column, Row } from './kql/expression.ts';
import { COLUMNS, toRow } from './row.ts';

/** Whether the caller may read something of this id and type. */
export type IsReadable = (resource: { readonly id: string; readonly type: string }) => boolean;

/** The rows of one subscription that the caller may read. */
type Table = (arm: ArmContext, subscription: Subscription, isReadable: IsReadable) => Row[];

/**
 * By lower-case name.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources
 */
export const tables: Readonly<Record<string, Table>> = {
  resources: (arm, { subscriptionId }, isReadable) =>
    [...arm.store.listAfter(`/subscriptions/${subscriptionId}`, 0)]
      .filter((resource) => isListed(arm, resource) && isListedYet(arm, resource))
      .filter(isReadable)
      .map((resource) => resourceRow(resource, arm.directory.tenantId)),

  resourcecontainers: (arm, subscription, isReadable) => {
    const { tenantId } = arm.directory;
    const id = `/subscriptions/${subscription.subscriptionId}`;
    const groups = [...arm.store.listAfter(id, 0)]
      .filter(({ type }) => isGroupType(type))
      .filter((group) => isReadable({ id: group.id, type: graphTypeOf(group.type) }));
    return [
      ...(isReadable({ id, type: SUBSCRIPTION }) ? [subscriptionRow(subscription, tenantId)] : []),
      ...groups.map((group) => resourceRow(group, tenantId)),
    ];
  },

  resourcechanges: (arm, { subscriptionId }, isReadable) => {
    const prefix = `/subscriptions/${subscriptionId}/`.toLowerCase();
    return arm.changes
      .all()

      .filter(({ target }) => target.id.toLowerCase().startsWith(prefix))
      .filter(({ target, atMs }) => isShownYet(arm, target, atMs))
      .filter(({ target }) => isReadable({ id: target.id, type: graphTypeOf(target.type) }))
      .map((change) => changeRow(change, arm.directory.tenantId));
  },
};

export const tableColumns: Readonly<Record<string, readonly Column[]>> = Object.fromEntries(
  Object.keys(tables).map((name) => [name, COLUMNS]),
);

/**
 * Azure: a change is there within five minutes.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes
 */
function isShownYet({ clock, changeDelayMs }: ArmContext, target: Resource, atMs: number): boolean {
  const delayMs = changeDelayMs?.(target) ?? 0;
  return delayMs === 0 || clock.nowMs() >= atMs + delayMs;
}

/** Resources are replaced, never changed: a row is made once. */
const rows = new WeakMap<Resource, Row>();

function resourceRow(resource: Resource, tenantId: string): Row {
  const known = rows.get(resource);
  if (known) return known;
  const { subscriptionId, resourceGroup } = parseResourceId(resource.id) ?? {};
  const shown = renderResource(resource);
  const { kind, managedBy, sku, plan, zones } = resource;
  const row = toRow(
    // Azure: ids as they were written, of identities too [R46].
    {
      kind,
      managedBy,
      sku,
      plan,
      zones,
      ...shown,
      id: resource.id,
      type: graphTypeOf(resource.type),
    },
    { tenantId, subscriptionId, resourceGroup },
  );
  rows.set(resource, row);
  return row;
}

function subscriptionRow({ subscriptionId, displayName }: Subscription, tenantId: string): Row {
  return toRow(
    {
      id: `/subscriptions/${subscriptionId}`,
      name: displayName,
      type: SUBSCRIPTION,
      properties: { state: 'Enabled', managedByTenants: [] },
    },
    { tenantId, subscriptionId, resourceGroup: undefined },
  );
}
