import type { Column, Row } from './kql/expression.ts';

/**
 * Of every table, in the order of an answer.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/explore-resources
 */
export const COLUMNS: readonly Column[] = [
  ...['id', 'name', 'type', 'tenantId', 'kind', 'location'].map(text),
  ...['resourceGroup', 'subscriptionId', 'managedBy'].map(text),
  ...['sku', 'plan', 'properties', 'tags', 'identity', 'zones', 'extendedLocation'].map(
    (name): Column => ({ name, type: 'object' }),
  ),
];

function text(name: string): Column {
  return { name, type: 'string' };
}

/** What a row says of its place, whatever it is a row of. */
export interface RowPlace {
  readonly tenantId: string;
  readonly subscriptionId: string | undefined;
  readonly resourceGroup: string | undefined;
}

/**
 * Azure: a text that is not there is empty, anything else null; types are in lower case.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/explore-resources
 */
export function toRow(values: Row, { tenantId, subscriptionId, resourceGroup }: RowPlace): Row {
  const all: Row = {
    ...values,
    type: String(values.type).toLowerCase(),
    tenantId,
    subscriptionId,
    // Pretend: groups are in lower case.
    resourceGroup: resourceGroup?.toLowerCase(),
  };
  return Object.fromEntries(
    COLUMNS.map(({ name, type }) => [name, all[name] ?? (type === 'string' ? '' : null)]),
  );
}
