// A queue, topic, subscription, hub … that is being put: its namespace, and readers of its properties that refuse
// in the broker's words.
import type { ServiceError } from '../http/service-error.ts';
import type { ResourceId } from '../resource-id.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { formatTimeSpan, parseDuration } from './iso-duration.ts';
import { readFlag, readWhole } from './loose-values.ts';
import type { Tier } from './messaging-namespace.ts';
import { refuseEntity, refuseUnserved } from './messaging-refusals.ts';
import type { EntityStatus, ProviderServices, PutRequest } from './provider.ts';
import { type Properties, readString } from './read-property.ts';

export interface MessagingEntity {
  readonly id: ResourceId;
  readonly namespaceName: string;
  readonly tier: Tier;
  /** Of the namespace: `eastus`. */
  readonly location?: string;
  readonly given: Properties | undefined;
  readonly existing?: Resource;
  refuse(text: string): ServiceError;
}

export function openEntity(
  services: ProviderServices,
  { id, body, existing }: PutRequest,
): MessagingEntity {
  const namespace = findNamespace(services, id);
  return {
    id,
    namespaceName: namespace?.name ?? '',
    tier: (readString(namespace?.sku as Properties | undefined, 'name') ?? 'Standard') as Tier,
    ...(namespace?.location !== undefined && { location: namespace.location }),
    given: body.properties && toCamelCase(body.properties),
    ...(existing && { existing }),
    refuse: (text) => refuseEntity(services, id, text),
  };
}

/** Azure: `MessageRetentionInDays` is read as well (Azure/azure-quickstart-templates has it). */
function toCamelCase(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name.replace(/^[A-Z]/, (first) => first.toLowerCase()),
      value,
    ]),
  );
}

/** The namespace that an id lies in. */
export function findNamespace(
  services: Pick<ProviderServices, 'findResource'>,
  { id }: Pick<ResourceId, 'id'>,
): Resource | undefined {
  const namespaceId = /^.*?\/providers\/[^/]+\/namespaces\/[^/]+/i.exec(id)?.[0];
  return namespaceId === undefined ? undefined : services.findResource(namespaceId);
}

/** Names of an id's levels as clients spell them. Azure: ARM's `a~b` is `a/b` [Azure/azure-resource-manager-schemas#230]. */
export function entityNames({ fullName }: Pick<ResourceId, 'fullName'>): readonly string[] {
  return fullName.split('/').map((name) => name.replaceAll('~', '/'));
}

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftservicebus */
export function requireEntityName(entity: MessagingEntity, maxLength: number): void {
  const { name } = entity.id;
  if (name.length > maxLength) {
    // Pretend: the words are the client library's.
    throw entity.refuse(
      `The entity path/name '${name}' exceeds the '${maxLength}' character limit.`,
    );
  }
  if (/^[\w.$-]+(?:~[\w.$-]+)*$/.test(name)) return;
  // [MassTransit/MassTransit#1929]
  throw entity.refuse(
    `'${name}' contains character(s) that is not allowed by Service Bus. Entity segments can contain only letters, ` +
      'numbers, periods (.), hyphens (-), and underscores (_).',
  );
}

/** Milliseconds; `fallback` if it is not given. Throws 400 out of the limits, in `outOfRange`'s words if there are. */
export function readDuration(
  entity: MessagingEntity,
  name: string,
  limits: { fallback: number; minMs: number; maxMs: number },
  outOfRange?: (ms: number) => string | undefined,
): number {
  const text = readString(entity.given, name);
  if (text === undefined) return limits.fallback;
  const ms = parseDuration(text);
  const shown = name[0]?.toUpperCase() + name.slice(1);
  // Pretend: the words for what is no duration, and for limits that have none of Azure's.
  if (ms === undefined) throw entity.refuse(`The value '${text}' of '${shown}' is not a duration.`);
  if (ms >= limits.minMs && ms <= limits.maxMs) return ms;
  throw entity.refuse(
    outOfRange?.(ms) ??
      `The property value for '${shown}' must be between ${formatTimeSpan(limits.minMs)} and ` +
        `${formatTimeSpan(limits.maxMs)}. Parameter name: ${shown}. Actual value was ${formatTimeSpan(ms)}.`,
  );
}

/** A whole number from `min` to `max`. */
export function readCount(
  entity: MessagingEntity,
  name: string,
  { fallback, min, max }: { fallback: number; min: number; max: number },
): number {
  const value = readWhole(entity.given, name) ?? fallback;
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  const shown = name[0]?.toUpperCase() + name.slice(1);
  // Pretend: the words.
  throw entity.refuse(`The value '${value}' of '${shown}' must be between ${min} and ${max}.`);
}

/**
 * What is settled at creation; left out, it stays. Words:
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-resource-manager-exceptions
 */
export function readFixedFlag(entity: MessagingEntity, name: string, kind: string): boolean {
  const before = entity.existing?.properties[name];
  const value = readFlag(entity.given, name) ?? before ?? false;
  if (before === undefined || before === value) return value === true;
  throw entity.refuse(
    `The value for the '${name}' property of an existing ${kind} cannot be changed.`,
  );
}

export function readStatus(
  entity: MessagingEntity,
  allowed: readonly EntityStatus[],
): EntityStatus {
  const status = readString(entity.given, 'status') ?? 'Active';
  const known = allowed.find((each) => each.toLowerCase() === status.toLowerCase());
  // Pretend: the words.
  if (known === undefined) throw entity.refuse(`The value '${status}' of 'Status' is not valid.`);
  return known;
}

/** Throws 400 for properties that are set and that no broker here heeds. */
export function refuseSet(entity: MessagingEntity, names: readonly string[]): void {
  const name = names.find((each) => readString(entity.given, each));
  if (name !== undefined) throw refuseUnserved(entity.id, `'${name}'`);
}

/** Azure: a queue and a topic cannot have the same name [hashicorp/terraform-provider-azurerm#28576]. */
export function requireUnshared(
  services: ProviderServices,
  entity: MessagingEntity,
  other: 'queues' | 'topics',
): void {
  const { name, parentId } = entity.id;
  if (services.findResource(`${parentId}/${other}/${name}`)) throw entity.refuse('Bad Request.');
}
