import { toAzureTimestamp } from '../clock.ts';
import { requireKnown } from '../providers/known-properties.ts';
import { toLocationName } from '../providers/location-name.ts';
import type { PutOutcome, PutRequest } from '../providers/provider.ts';
import { requireServed } from '../providers/served-properties.ts';
import type { ResourceId } from '../resource-id.ts';
import type { Caller } from '../tokens/tokens.ts';
import { requireProviderApiVersion } from './api-version.ts';
import type { ArmContext } from './arm-context.ts';
import { assignIdentity, hasSystemAssigned } from './assign-identity.ts';
import { requireAction } from './authorization.ts';
import { canonicalId } from './canonical-id.ts';
import { checkBody } from './check-body.ts';
import { invalidResourceNamespace } from './gateway-errors.ts';
import { isKnownNamespace } from './known-namespaces.ts';
import { putPlainResource } from './plain-resource.ts';
import { asOfNow } from './read-resource.ts';
import { requireSubscription, requireSurroundings } from './require-existing.ts';
import { requireUnlocked } from './require-unlocked.ts';
import type { Resource, ResourceBody, ResourceIdentity } from './resource.ts';
import { actionFor } from './resource-access.ts';

export interface ResourceWrite {
  readonly caller: Caller;
  readonly id: ResourceId;
  readonly apiVersion: string;
  readonly body: ResourceBody;
  /** Our own template: properties that are not known, or that no service here heeds, are refused. */
  readonly strict?: boolean;
}

/**
 * PUT of any resource: groups, children and extension resources included. Checks in ARM's order (subscription,
 * rights, group and parent, version, body), lets the type's provider make it, gives out identities, keeps it.
 * Throws ServiceError.
 */
export function writeResource(
  arm: ArmContext,
  write: ResourceWrite,
): Promise<{ resource: Resource; isNew: boolean }> {
  const id = canonicalId(arm, write.id);
  requireSubscription(arm, id.subscriptionId);
  requireAction(arm, write.caller, actionFor(id, 'write'), id.id, write.id.id);
  return arm.inOrder(id.id, () => writeInOrder(arm, { ...write, id }));
}

async function writeInOrder(arm: ArmContext, write: ResourceWrite) {
  const { id, body, caller, apiVersion } = write;
  const provider = arm.providers.get(id.type.toLowerCase());
  const namespace = id.type.split('/')[0] ?? '';
  if (!provider && !isKnownNamespace(namespace)) throw invalidResourceNamespace(namespace);
  requireSurroundings(arm, id, 'write');
  requireProviderApiVersion(apiVersion, arm.clock.nowMs(), id.type, provider, body.location);
  const existing = arm.store.find(id.id);
  requireUnlocked(arm, id, 'write');
  checkBody(id, body, provider, existing);
  if (write.strict) {
    requireKnown(write);
    requireServed(write);
  }

  const identity = assignIdentity(arm, { id, caller, identity: body.identity, existing });
  const request = {
    ...{ id, apiVersion, body, caller },
    ...(existing && { existing }),
    ...(identity && { identity }),
  };
  const had = hasSystemAssigned(existing?.identity);
  let outcome: PutOutcome;
  try {
    outcome = provider ? await provider.put(request) : putPlainResource(request);
  } catch (error) {
    // A refused resource leaves no principal behind.
    if (!had && hasSystemAssigned(identity)) arm.identities.remove(id.id);
    throw error;
  }
  if (had && !hasSystemAssigned(identity)) arm.identities.remove(id.id);

  const resource = compose(arm, request, provider?.type ?? id.type, outcome, identity);
  arm.store.save(resource);
  arm.journal.record({
    kind: 'resource',
    operation: existing ? 'updated' : 'created',
    resourceId: id.id,
    principalId: caller.principalId,
  });
  return { resource: asOfNow(arm, resource), isNew: existing === undefined };
}

function compose(
  arm: ArmContext,
  { id, apiVersion, body, caller, existing }: PutRequest,
  type: string,
  outcome: PutOutcome,
  identity: ResourceIdentity | undefined,
): Resource {
  const now = toAzureTimestamp(arm.clock.nowMs());
  const given = body.location ? toLocationName(body.location) : undefined;
  return {
    id: id.id,
    name: id.fullName,
    type,
    apiVersion,
    ...optional('location', outcome.location ?? given ?? existing?.location),
    ...optional('tags', body.tags),
    ...optional('sku', outcome.sku ?? body.sku ?? existing?.sku),
    ...optional('kind', outcome.kind ?? body.kind ?? existing?.kind),
    ...optional('managedBy', body.managedBy),
    ...optional('identity', identity),
    ...optional('plan', body.plan),
    ...optional('zones', body.zones),
    properties: outcome.properties,
    createdTime: existing?.createdTime ?? now,
    changedTime: now,
    createdBy: existing?.createdBy ?? caller.principalId,
    changedBy: caller.principalId,
  };
}

function optional<K extends string, V>(key: K, value: V | undefined | null): Partial<Record<K, V>> {
  return value === undefined || value === null ? {} : ({ [key]: value } as Record<K, V>);
}
