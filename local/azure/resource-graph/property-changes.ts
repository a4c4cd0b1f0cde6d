import type { Resource } from '../resource-manager/resource.ts';

export interface PropertyChange {
  readonly previousValue?: string;
  readonly newValue?: string;
}

/** Pretend: so many changed properties are kept of one change; Azure's number is not published. */
const MOST_PROPERTIES = 100;

/**
 * What differs between two states of a resource, by path: `properties.sku.name`, `tags.stage`. A value that was not
 * there before, or is not any more, is left out.
 */
export function comparePropertiesOf(
  before: Resource,
  after: Resource,
): Readonly<Record<string, PropertyChange>> {
  const [previous, current] = [leavesOf(before), leavesOf(after)];
  const changes: Record<string, PropertyChange> = {};
  for (const path of new Set([...previous.keys(), ...current.keys()])) {
    const [previousValue, newValue] = [previous.get(path), current.get(path)];
    if (previousValue === newValue) continue;
    if (Object.keys(changes).length === MOST_PROPERTIES) break;
    changes[path] = {
      ...(previousValue !== undefined && { previousValue }),
      ...(newValue !== undefined && { newValue }),
    };
  }
  return changes;
}

function leavesOf(resource: Resource): Map<string, string> {
  const { properties, tags, sku, kind, identity, location } = resource;
  const leaves = new Map<string, string>();
  collect({ properties, tags, sku, kind, identity, location }, '', leaves);
  return leaves;
}

/** Lists count as one value: their members have no name to be changed under. */
function collect(value: unknown, path: string, leaves: Map<string, string>): void {
  if (value === undefined || value === null) return;
  if (typeof value !== 'object' || Array.isArray(value)) {
    leaves.set(path, typeof value === 'string' ? value : JSON.stringify(value));
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    collect(inner, path === '' ? name : `${path}.${name}`, leaves);
  }
}
