// Any holder of the role Sender can put any event on the topic. What is recorded is checked against what can be
// computed and against the settings, not against who says it.
import { type CloudEvent, parseCloudEvent } from '../cloud-event/cloud-event.ts';
import { AppError } from '../errors.ts';
import { eventIdOf, type Finding } from '../scan/finding.ts';
import {
  partitionKeyOf,
  RESOURCE_CREATED,
  type ResourceData,
  SCHEMA_VERSION,
  sourceOf,
} from './resource-event.ts';

/** An event that is no business of the inventory: whoever may publish may publish others on the topic. */
export class OtherEvent extends Error {
  override readonly name = 'OtherEvent';
}

/** A message that can never be recorded, however often it is tried. */
export class Unrecordable extends Error {
  override readonly name = 'Unrecordable';
  /** One word for filters and charts. */
  readonly reason: 'NotJson' | 'NotACloudEvent' | 'BadData' | 'ForeignScope' | 'WrongKey';

  /** `description`: one sentence. */
  constructor(reason: Unrecordable['reason'], description: string) {
    super(description);
    this.reason = reason;
  }
}

/**
 * The finding in a message's body, which the host has parsed if it is JSON. `scopes`: ARM ids that the resource must lie
 * in. `now`: the latest createdTime there can be, but for a day. Throws Unrecordable, OtherEvent.
 */
export function parseResourceEvent(body: unknown, scopes: readonly string[], now: Date): Finding {
  if (typeof body !== 'object' || body === null) {
    throw new Unrecordable('NotJson', 'The body is not a JSON object.');
  }
  const event = readCloudEvent(body);
  if (event.type !== RESOURCE_CREATED) {
    throw new OtherEvent(`The event ${event.id} is of the type ${event.type}.`);
  }
  const data = readData(event.data, now);
  assertInScope(data.resourceId, scopes);
  assertComputed(event, data);
  const { resourceId, resourceType, name, location, createdTime } = data;
  return {
    eventId: event.id,
    id: resourceId,
    type: resourceType,
    name,
    ...(location === undefined ? {} : { location }),
    createdTime,
  };
}

function readCloudEvent(body: object): CloudEvent {
  try {
    return parseCloudEvent(body, 'The event');
  } catch (error) {
    if (error instanceof AppError) throw new Unrecordable('NotACloudEvent', error.message);
    throw error;
  }
}

const EARLIEST = '2008-01-01'; // before the first Azure
const CLOCK_TOLERANCE_MS = 86_400_000;

/** By name, whether it may be absent, and what fits: into the columns of inventory.Resource too (infra/sql/). */
const MEMBERS: ReadonlyMap<string, (value: unknown, now: Date) => boolean> = new Map(
  Object.entries({
    schemaVersion: (value: unknown) => value === SCHEMA_VERSION,
    resourceId: (value: unknown) => isText(value, 1_024) && RESOURCE_ID.test(value),
    resourceType: (value: unknown) => isText(value, 256),
    name: (value: unknown) => isText(value, 260),
    location: (value: unknown) => value === undefined || isText(value, 64),
    createdTime: (value: unknown, now: Date) => isText(value, 24) && isCreatedTime(value, now),
  }),
);

const RESOURCE_ID =
  /^\/subscriptions\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\/[^/]+)*\/providers\/[^/]+(?:\/[^/]+\/[^/]+)+$/i;

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longest;
}

function isCreatedTime(text: string, now: Date): boolean {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== text) return false;
  return text >= EARLIEST && time.getTime() <= now.getTime() + CLOCK_TOLERANCE_MS;
}

function readData(value: unknown, now: Date): ResourceData {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Unrecordable('BadData', "The event's data is not an object.");
  }
  const data = new Map(Object.entries(value));
  for (const name of data.keys()) {
    if (MEMBERS.has(name)) continue;
    throw new Unrecordable('BadData', 'The data has a member that version 1 of its schema lacks.');
  }
  for (const [name, fits] of MEMBERS) {
    if (fits(data.get(name), now)) continue;
    throw new Unrecordable('BadData', `The data's ${name} is missing or not as its schema says.`);
  }
  return value as ResourceData;
}

function assertInScope(resourceId: string, scopes: readonly string[]): void {
  const id = resourceId.toLowerCase();
  if (scopes.some((scope) => id.startsWith(`${scope.toLowerCase()}/`))) return;
  throw new Unrecordable('ForeignScope', 'The resource lies in no scope of SCAN_SCOPES.');
}

/** What the scan computes of the resource's id and time is computed anew. */
function assertComputed(event: CloudEvent, data: ResourceData): void {
  const { resourceId, resourceType, createdTime } = data;
  const computed = {
    id: eventIdOf(resourceId, createdTime),
    source: sourceOf(resourceId),
    subject: resourceId,
    time: createdTime,
    partitionkey: partitionKeyOf(resourceId),
  };
  for (const [name, expected] of Object.entries(computed)) {
    if (event[name as keyof typeof computed] === expected) continue;
    throw new Unrecordable('WrongKey', `The event's ${name} is not the one of this resource.`);
  }
  if (typeIn(resourceId) !== resourceType.toLowerCase()) {
    throw new Unrecordable('WrongKey', "The data's resourceType is not that of the resource's id.");
  }
}

/** `namespace/type/subtype` in lower case, of the last `providers` in the id. */
function typeIn(resourceId: string): string {
  const id = resourceId.toLowerCase();
  const [namespace = '', ...rest] = id.slice(id.lastIndexOf('/providers/') + 11).split('/');
  return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join('/');
}
