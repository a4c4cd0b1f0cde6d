import { createHash } from 'node:crypto';
import type { ListedResource } from '../resource-manager.ts';

/** A resource that was created, as it is handed on. */
export interface Finding {
  /** The same for the same resource and createdTime, whoever finds it and how often. */
  readonly eventId: string;
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly location?: string;
  /** ISO 8601, ARM's clock. */
  readonly createdTime: string;
}

/** Undefined for what can't be told apart from others: no id or no createdTime. */
export function toFinding(resource: ListedResource): Finding | undefined {
  const { id, type, name, location, createdTime } = resource;
  if (!id || !createdTime || Number.isNaN(createdTime.getTime())) return undefined;
  const created = createdTime.toISOString();
  return {
    eventId: eventIdOf(id, created),
    id,
    type: type ?? '',
    name: name ?? id.slice(id.lastIndexOf('/') + 1),
    ...(location ? { location } : {}),
    createdTime: created,
  };
}

/** ARM ids have no case; one that is deleted and created again has another createdTime, so another event. */
export function eventIdOf(resourceId: string, createdTime: string): string {
  return createHash('sha256')
    .update(`${resourceId.toLowerCase()}|${createdTime}`)
    .digest('base64url')
    .slice(0, 22);
}
