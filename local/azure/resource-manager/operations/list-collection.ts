import { requireProviderApiVersion } from '../api-version.ts';
import type { Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { collectionResources, parseCollection } from '../collection.ts';
import { invalidResourceNamespace } from '../gateway-errors.ts';
import { isKnownNamespace } from '../known-namespaces.ts';
import { renderResource } from '../render-resource.ts';
import { requireSubscription, requireSurroundings } from '../require-existing.ts';

/** All resources of one type in a subscription, a group, a parent or on what they extend. */
export const listCollection: Operation = (arm, { path, caller, apiVersion }) => {
  const { probe, type, shownScope } = parseCollection(path);
  requireSubscription(arm, probe.subscriptionId);
  const provider = arm.providers.get(type.toLowerCase());
  const namespace = type.split('/')[0] ?? '';
  if (!provider && !isKnownNamespace(namespace)) throw invalidResourceNamespace(namespace);
  const scope = probe.parentId ?? probe.scope;
  requireAction(arm, caller, `${provider?.type ?? type}/read`, scope, shownScope);
  requireSurroundings(arm, probe, 'read');
  requireProviderApiVersion(apiVersion, arm.clock.nowMs(), type, provider, undefined);
  const value = collectionResources(arm, probe).map(renderResource);
  // Azure: Web always ends its lists so [R38].
  const isWeb = namespace.toLowerCase() === 'microsoft.web';
  return { status: 200, body: { value, ...(isWeb && { nextLink: null, id: null }) } };
};
