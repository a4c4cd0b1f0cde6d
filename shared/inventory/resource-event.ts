// The event of this project: a resource was created. `record-resource.ts` takes no other.
import { createHash } from 'node:crypto';
import type { CloudEvent } from '../cloud-event/cloud-event.ts';
import type { Finding } from '../scan/finding.ts';

export const RESOURCE_CREATED = 'azure-managed-identities.resource.created';
export const SCHEMA_VERSION = 1;

/** `data` of the event. */
export interface ResourceData {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly resourceId: string;
  readonly resourceType: string;
  readonly name: string;
  readonly location?: string;
  /** ISO 8601 in UTC with milliseconds, ARM's clock. */
  readonly createdTime: string;
}

/** The finding's CloudEvent: whoever makes it, and how often, it is the same. */
export function toResourceEvent(finding: Finding): CloudEvent & { readonly data: ResourceData } {
  const { eventId, id, type, name, location, createdTime } = finding;
  const attributes = {
    specversion: '1.0',
    id: eventId,
    source: sourceOf(id),
    type: RESOURCE_CREATED,
    subject: id,
    time: createdTime,
    datacontenttype: 'application/json',
    partitionkey: partitionKeyOf(id),
  };
  const data: ResourceData = {
    schemaVersion: SCHEMA_VERSION,
    resourceId: id,
    resourceType: type,
    name,
    ...(location ? { location } : {}),
    createdTime,
  };
  return { ...attributes, data };
}

/** The subscription, `/subscriptions/<guid>`: a URI reference whatever the resource is called. */
export function sourceOf(resourceId: string): string {
  return resourceId.toLowerCase().split('/').slice(0, 3).join('/');
}

/** The same for all that lies in one resource group: its events keep their order, and its name is not in every partition key. */
export function partitionKeyOf(resourceId: string): string {
  const group = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+/i.exec(resourceId)?.[0];
  const key = (group ?? sourceOf(resourceId)).toLowerCase();
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

/** What filters of a subscription may ask for beside type and source: of events of this type only. */
export function filterPropertiesOf(event: CloudEvent): Readonly<Record<string, string>> {
  if (event.type !== RESOURCE_CREATED) return {};
  const { resourceType, location, resourceId } = (event.data ?? {}) as Partial<
    Record<keyof ResourceData, unknown>
  >;
  const group = /\/resourcegroups\/([^/]+)/i.exec(typeof resourceId === 'string' ? resourceId : '');
  const properties = { resourceType, location, resourceGroup: group?.[1] };
  const texts = Object.entries(properties).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' && entry[1].length > 0 && entry[1].length <= 512,
  );
  return Object.fromEntries(texts);
}
