import type { ListedResource } from '../resource-manager.ts';
import { uuidV5 } from '../uuid.ts';

/** A resource that was created, as it is handed on. */
export interface Finding {
  /** GUID: the same for the same resource and createdTime, whoever finds it and how often. */
  readonly eventId: string;
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly location?: string;
  /** ISO 8601, ARM's clock. */
  readonly createdTime: string;
}

/** ISO 8601. Undefined for what can't be told apart from others: no id or no createdTime. */
export function createdTimeOf({ id, createdTime }: ListedResource): string | undefined {
  const isReadable = id && createdTime && !Number.isNaN(createdTime.getTime());
  return isReadable ? createdTime.toISOString() : undefined;
}

/** Undefined for what `createdTimeOf` can't read. */
export function toFinding(resource: ListedResource): Finding | undefined {
  const createdTime = createdTimeOf(resource);
  const { id = '', type, name, location } = resource;
  if (createdTime === undefined) return undefined;
  return {
    eventId: eventIdOf(id, createdTime),
    id,
    type: type ?? '',
    name: name ?? id.slice(id.lastIndexOf('/') + 1),
    ...(location ? { location } : {}),
    createdTime,
  };
}

/** The namespace of this project's event ids: a random UUID, fixed for ever. Another one would make all events new. */
export const EVENT_NAMESPACE = '1b9200f3-8dc2-4149-8704-d70f7c314371';

/**
 * The event's GUID: the UUIDv5 of `<resource id in lower case>|<createdTime>` in EVENT_NAMESPACE, so that whoever sees
 * the resource twice can tell. ARM ids have no case; one that is deleted and created again has another createdTime,
 * so another event. `createdTime`: ISO 8601 in UTC with milliseconds.
 */
export function eventIdOf(resourceId: string, createdTime: string): string {
  return uuidV5(`${resourceId.toLowerCase()}|${createdTime}`, EVENT_NAMESPACE);
}
