import { requireProviderApiVersion } from '../api-version.ts';
import type { Operation } from '../arm-context.ts';
import { canonicalId } from '../canonical-id.ts';
import {
  invalidResourceNamespace,
  resourceGroupNotFound,
  resourceNotFound,
} from '../gateway-errors.ts';
import { isKnownNamespace } from '../known-namespaces.ts';
import { readResource } from '../read-resource.ts';
import { renderResource } from '../render-resource.ts';
import { requireSubscription, requireSurroundings } from '../require-existing.ts';
import { requireId } from '../require-id.ts';
import { resourceGroupType } from '../resource-type-names.ts';

/** GET of any resource, group included: 403 before 404, as Azure. */
export const getResource: Operation = (arm, request) => {
  const id = requireId(request.path);
  requireSubscription(arm, id.subscriptionId);
  const canonical = canonicalId(arm, id);
  const namespace = canonical.type.split('/')[0] ?? '';
  const provider = arm.providers.get(canonical.type.toLowerCase());
  if (!provider && !isKnownNamespace(namespace)) throw invalidResourceNamespace(namespace);
  const resource = readResource(arm, request.caller, id);
  if (!resource) {
    if (canonical.type === resourceGroupType) throw resourceGroupNotFound(canonical.name);
    requireSurroundings(arm, canonical, 'read');
  }
  const { apiVersion } = request;
  const location = resource?.location;
  requireProviderApiVersion(apiVersion, arm.clock.nowMs(), canonical.type, provider, location);
  if (!resource) throw provider?.notFound?.(canonical) ?? resourceNotFound(canonical);
  return { status: 200, body: renderResource(resource) };
};

/** `az group exists`, generic existence checks: 204, or 404 without a body. */
export const headResource: Operation = (arm, request) => {
  const id = requireId(request.path);
  requireSubscription(arm, id.subscriptionId);
  return { status: readResource(arm, request.caller, id) ? 204 : 404 };
};
