import type { ServiceResponse } from '../../http/json-service.ts';
import type { ResourceId } from '../../resource-id.ts';
import type { ArmContext, ArmRequest, Operation } from '../arm-context.ts';
import { canonicalId } from '../canonical-id.ts';
import { invokeAction } from '../invoke-resource-action.ts';
import { parseJsonBody } from '../parse-json-body.ts';
import { findAny } from '../read-resource.ts';
import { renderResource } from '../render-resource.ts';
import { requireId } from '../require-id.ts';

/** POST `{resource}/{action}`: listKeys and the like. Text is XML (`publishxml`). */
export const postAction: Operation = async (arm, request) => {
  const { path, caller, http } = request;
  const cut = path.lastIndexOf('/');
  const id = requireId(path.slice(0, cut));
  const action = path.slice(cut + 1);
  const body = await invokeAction(arm, caller, id, action, parseJsonBody(http.body));
  const provider = arm.providers.get(id.type.toLowerCase());
  if (provider?.longRunningActions?.has(action.toLowerCase())) return accept(arm, request, id);
  return {
    status: 200,
    ...(typeof body === 'string' && { headers: { 'Content-Type': 'application/xml' } }),
    ...(body !== undefined && { body }),
  };
};

/**
 * 202 with the address that in the end shows the resource [test_webapp_slot_swap.yaml of Azure/azure-cli].
 * Pretend: what was asked for is done by then, so the client is told not to wait; Azure says nothing of it.
 */
function accept(
  arm: ArmContext,
  { origin, apiVersion }: ArmRequest,
  given: ResourceId,
): ServiceResponse {
  const id = canonicalId(arm, given);
  const resource = findAny(arm, id);
  const done = { status: 200, ...(resource && { body: renderResource(resource) }) };
  const operationId = arm.asyncOperations.start(Promise.resolve(done));
  const query = `api-version=${encodeURIComponent(apiVersion)}`;
  return {
    status: 202,
    headers: {
      Location: `${origin}${id.id}/operationresults/${operationId}?${query}`,
      'Retry-After': '0',
    },
  };
}
