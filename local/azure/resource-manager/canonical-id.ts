import { parseResourceId, type ResourceId } from '../resource-id.ts';
import type { ArmContext } from './arm-context.ts';

/**
 * The id as Azure would store it: names that exist keep the case of their creation, types the provider's,
 * `resourceGroups` its capital G; a group named in the `/providers/Microsoft.Resources/resourceGroups/` form
 * is the group itself.
 */
export function canonicalId(
  arm: Pick<ArmContext, 'store' | 'providers'>,
  id: ResourceId,
): ResourceId {
  const existing = arm.store.find(id.id);
  const text = existing?.id ?? canonicalText(arm, id);
  return parseResourceId(text) ?? id;
}

function canonicalText(arm: Pick<ArmContext, 'store' | 'providers'>, id: ResourceId): string {
  if (/^microsoft\.resources\/resourcegroups$/i.test(id.type)) {
    return `/subscriptions/${id.subscriptionId}/resourceGroups/${id.name}`;
  }
  if (/^microsoft\.resources\/subscriptions$/i.test(id.type)) return `/subscriptions/${id.name}`;
  const [namespace, ...types] = (arm.providers.get(id.type.toLowerCase())?.type ?? id.type).split(
    '/',
  );
  const names = id.fullName.split('/');
  const own = `${canonicalScope(arm, id.scope)}/providers/${namespace}`;
  const parentText = own + pairUp(types.slice(0, -1), names.slice(0, -1));
  const parent = arm.store.find(parentText)?.id ?? parentText;
  return parent + pairUp(types.slice(-1), names.slice(-1));
}

function pairUp(types: readonly string[], names: readonly string[]): string {
  return types.map((type, index) => `/${type}/${names[index]}`).join('');
}

/** A scope is a tenant (''), subscription, group or resource. */
export function canonicalScope(
  arm: Pick<ArmContext, 'store' | 'providers'>,
  scope: string,
): string {
  const parsed = parseResourceId(scope);
  return parsed ? canonicalId(arm, parsed).id : scope.replace(/\/+$/, '');
}
