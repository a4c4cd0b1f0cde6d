import { toAzureTimestamp } from '../../clock.ts';
import { parseResourceId, sameId } from '../../resource-id.ts';
import type { ArmContext, ArmRequest, Operation, RouteValues } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { canonicalId } from '../canonical-id.ts';
import { checkTags } from '../check-body.ts';
import { invalidRequestContent, resourceNotFound } from '../gateway-errors.ts';
import { parseObjectBody } from '../parse-json-body.ts';
import { requireSubscription } from '../require-existing.ts';
import { requireId } from '../require-id.ts';
import { subscriptionOf } from '../scope-parts.ts';

type Tags = Readonly<Record<string, string>>;

interface Tagged {
  readonly id: string;
  readonly tags: Tags;
  keep(tags: Tags): void;
}

/** Tags of a subscription, group or resource, without a right on the resource itself (role Tag Contributor). */
export const getTags: Operation = (arm, request, values) =>
  show(requireTagged(arm, request, values, 'read'));

/**
 * PUT replaces all; PATCH does what `operation` says: Merge, Replace or Delete.
 * Source: https://learn.microsoft.com/rest/api/resources/tags
 */
export const putTags: Operation = (arm, request, values) => {
  const tagged = requireTagged(arm, request, values, 'write');
  const body = parseObjectBody(request.http.body);
  const given = ((body.properties as { tags?: Tags } | undefined)?.tags ?? {}) as Tags;
  checkTags(given);
  const operation = request.method === 'PUT' ? 'replace' : String(body.operation).toLowerCase();
  return save(tagged, combine(tagged.tags, given, operation));
};

export const removeTags: Operation = (arm, request, values) => {
  save(requireTagged(arm, request, values, 'delete'), {});
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
): Tagged {
  requireSubscription(arm, subscriptionOf(values));
  const parsed = parseResourceId(values.scope ?? '') ?? requireId(values.scope ?? '');
  const id = canonicalId(arm, parsed);
  requireAction(arm, caller, `Microsoft.Resources/tags/${verb}`, id.id);
  const isSubscription = sameId(id.type, 'Microsoft.Resources/subscriptions');
  const subscription = isSubscription ? arm.store.findSubscription(id.name) : undefined;
  if (subscription) {
    const keep = (tags: Tags) => arm.store.addSubscription({ ...subscription, tags });
    return { id: id.id, tags: subscription.tags ?? {}, keep };
  }
  const resource = arm.store.find(id.id);
  if (!resource) throw resourceNotFound(id);
  return {
    id: resource.id,
    tags: resource.tags ?? {},
    keep(tags) {
      const changedTime = toAzureTimestamp(arm.clock.nowMs());
      arm.store.save({ ...resource, tags, changedTime });
    },
  };
}

function save(tagged: Tagged, tags: Tags) {
  tagged.keep(tags);
  return show({ ...tagged, tags });
}

function show({ id, tags }: Pick<Tagged, 'id' | 'tags'>) {
  return {
    status: 200,
    body: {
      id: `${id}/providers/Microsoft.Resources/tags/default`,
      name: 'default',
      type: 'Microsoft.Resources/tags',
      properties: { tags },
    },
  };
}
