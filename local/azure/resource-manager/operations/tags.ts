import { toAzureTimestamp } from '../../clock.ts';
import { parseResourceId } from '../../resource-id.ts';
import type { ArmContext, ArmRequest, Operation, RouteValues } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { canonicalId } from '../canonical-id.ts';
import { checkTags } from '../check-body.ts';
import { invalidRequestContent, resourceNotFound } from '../gateway-errors.ts';
import { parseObjectBody } from '../parse-json-body.ts';
import { requireSubscription } from '../require-existing.ts';
import { requireId } from '../require-id.ts';
import type { Resource } from '../resource.ts';
import { subscriptionOf } from '../scope-parts.ts';

type Tags = Readonly<Record<string, string>>;

/** Tags of a resource or group, without a right on the resource itself (role Tag Contributor). */
export const getTags: Operation = (arm, request, values) =>
  show(requireTagged(arm, request, values, 'read'));

/**
 * PUT replaces all; PATCH does what `operation` says: Merge, Replace or Delete.
 * Source: https://learn.microsoft.com/rest/api/resources/tags
 */
export const putTags: Operation = (arm, request, values) => {
  const resource = requireTagged(arm, request, values, 'write');
  const body = parseObjectBody(request.http.body);
  const given = ((body.properties as { tags?: Tags } | undefined)?.tags ?? {}) as Tags;
  checkTags(given);
  const operation = request.method === 'PUT' ? 'replace' : String(body.operation).toLowerCase();
  return save(arm, resource, combine(resource.tags ?? {}, given, operation));
};

export const removeTags: Operation = (arm, request, values) => {
  save(arm, requireTagged(arm, request, values, 'delete'), {});
  return { status: 200 };
};

function combine(present: Tags, given: Tags, operation: string): Tags {
  switch (operation) {
    case 'merge':
      return { ...present, ...given };
    case 'replace':
      return given;
    case 'delete':
      return Object.fromEntries(Object.entries(present).filter(([name]) => !(name in given)));
    default:
      // Pretend: the wording.
      throw invalidRequestContent(`The tags operation '${operation}' is not valid.`);
  }
}

function requireTagged(
  arm: ArmContext,
  { caller }: ArmRequest,
  values: RouteValues,
  verb: string,
): Resource {
  requireSubscription(arm, subscriptionOf(values));
  const parsed = parseResourceId(values.scope ?? '') ?? requireId(values.scope ?? '');
  const id = canonicalId(arm, parsed);
  requireAction(arm, caller, `Microsoft.Resources/tags/${verb}`, id.id);
  const resource = arm.store.find(id.id);
  if (!resource) throw resourceNotFound(id);
  return resource;
}

function save(arm: ArmContext, resource: Resource, tags: Tags) {
  const changed = { ...resource, tags, changedTime: toAzureTimestamp(arm.clock.nowMs()) };
  arm.store.save(changed);
  return show(changed);
}

function show(resource: Resource) {
  return {
    status: 200,
    body: {
      id: `${resource.id}/providers/Microsoft.Resources/tags/default`,
      name: 'default',
      type: 'Microsoft.Resources/tags',
      properties: { tags: resource.tags ?? {} },
    },
  };
}
