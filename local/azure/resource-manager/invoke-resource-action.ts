import { ServiceError } from '../http/service-error.ts';
import type { ResourceId } from '../resource-id.ts';
import type { Caller } from '../tokens/tokens.ts';
import type { ArmContext } from './arm-context.ts';
import { requireAction } from './authorization.ts';
import { canonicalId } from './canonical-id.ts';
import { resourceNotFound } from './gateway-errors.ts';
import { findAny } from './read-resource.ts';
import { requireSubscription, requireSurroundings } from './require-existing.ts';

/** Runs a POST action of a resource as the caller. Throws 403, 404, and 400 for an action that the type lacks. */
export async function invokeAction(
  arm: ArmContext,
  caller: Caller,
  given: ResourceId,
  action: string,
  body: unknown,
): Promise<unknown> {
  requireSubscription(arm, given.subscriptionId);
  const id = canonicalId(arm, given);
  requireAction(arm, caller, `${id.type}/${action}/action`, id.id, given.id);
  const resource = findAny(arm, id);
  if (!resource) {
    requireSurroundings(arm, id, 'read');
    throw resourceNotFound(id);
  }
  const run = arm.providers.get(id.type.toLowerCase())?.actions?.[action.toLowerCase()];
  if (run) return run(resource, body, caller);
  // Pretend: its wording.
  throw new ServiceError(
    404,
    'InvalidResourceAction',
    `The resource type '${id.type}' does not support the action '${action}'.`,
    { fromGateway: true },
  );
}
