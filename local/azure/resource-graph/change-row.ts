import { parseResourceId } from '../resource-id.ts';
import type { ResourceChange } from './change-log.ts';
import { graphTypeOf } from './graph-type.ts';
import type { Row } from './kql/expression.ts';
import { toRow } from './row.ts';

const rows = new WeakMap<ResourceChange, Row>();

/**
 * A row of `resourcechanges`.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes
 * Pretend: no correlation id, client type and snapshot ids; who changed it is an object id, of type Application.
 */
export function changeRow(change: ResourceChange, tenantId: string): Row {
  const known = rows.get(change);
  if (known) return known;
  const { changeId, target, changeType, atMs, changedBy, changes } = change;
  const type = graphTypeOf(target.type).toLowerCase();
  const { subscriptionId, resourceGroup } = parseResourceId(target.id) ?? {};
  const verb = changeType === 'Delete' ? 'delete' : 'write';
  const row = toRow(
    {
      id: `${target.id}/providers/Microsoft.Resources/changes/${changeId}`,
      name: changeId,
      type: 'microsoft.resources/changes',
      properties: {
        targetResourceId: target.id,
        targetResourceType: type,
        changeType,
        changeAttributes: {
          changedByType: 'Application',
          changesCount: Object.keys(changes ?? {}).length,
          ...(changedBy !== undefined && { changedBy }),
          operation: `${type}/${verb}`,
          timestamp: new Date(atMs).toISOString().replace('Z', '+00:00'),
        },
        // There for an Update only.
        ...(changes && { changes }),
      },
    },
    { tenantId, subscriptionId, resourceGroup },
  );
  rows.set(change, row);
  return row;
}
