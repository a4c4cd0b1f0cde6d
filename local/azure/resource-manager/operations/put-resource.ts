import type { ServiceResponse } from '../../http/json-service.ts';
import type { ArmContext, ArmRequest, Operation } from '../arm-context.ts';
import { resourceNotFound } from '../gateway-errors.ts';
import { readResource } from '../read-resource.ts';
import { renderResource } from '../render-resource.ts';
import { requireSubscription } from '../require-existing.ts';
import { requireId } from '../require-id.ts';
import type { Resource, ResourceBody } from '../resource.ts';
import { mergeBody, parseResourceBody } from '../resource-body.ts';
import { roleAssignmentType, userAssignedIdentityType } from '../resource-type-names.ts';
import { writeResource } from '../write-resource.ts';

/** Azure: these answer a creation with 200 [R24], [R30], [R32], [R37]; 201 elsewhere. */
const CREATED_WITH_200 = /^microsoft\.(keyvault|servicebus|eventhub|web|storage)\//i;

/** PUT of any resource. Pretend: at once, where Azure's storage, SQL … answer 202 and work on. */
export const putResource: Operation = (arm, request) =>
  write(arm, request, parseResourceBody(request.http.body));

/** PATCH needs the right to write. Azure: https://learn.microsoft.com/rest/api/resources/resources/update-by-id */
export const patchResource: Operation = async (arm, request) => {
  const id = requireId(request.path);
  requireSubscription(arm, id.subscriptionId);
  const existing = readResource(arm, request.caller, id);
  if (!existing) throw resourceNotFound(id);
  const response = await write(
    arm,
    request,
    mergeBody(existing, parseResourceBody(request.http.body)),
  );
  return { ...response, status: 200 };
};

async function write(
  arm: ArmContext,
  { path, caller, apiVersion }: ArmRequest,
  body: ResourceBody,
): Promise<ServiceResponse> {
  const id = requireId(path);
  const { resource, isNew } = await writeResource(arm, { caller, id, apiVersion, body });
  const isCreated = isNew && !CREATED_WITH_200.test(resource.type);
  const shown = renderResource(isNew ? asCreated(resource) : resource);
  return {
    status: isCreated ? 201 : 200,
    // Azure: relative [R2].
    ...(isCreated &&
      resource.type === userAssignedIdentityType && { headers: { Location: String(shown.id) } }),
    body: shown,
  };
}

/** Azure: a role assignment's creation shows no creator yet [R20]. */
function asCreated(resource: Resource): Resource {
  if (resource.type !== roleAssignmentType) return resource;
  return { ...resource, properties: { ...resource.properties, createdBy: null } };
}
