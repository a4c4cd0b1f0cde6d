import { parseResourceId, type ResourceId, sameId } from '../resource-id.ts';
import type { ArmContext } from './arm-context.ts';
import { canonicalId } from './canonical-id.ts';
import { asOfNow, findVirtual, isHidden } from './read-resource.ts';
import { requireId } from './require-id.ts';
import type { Resource } from './resource.ts';

export interface Collection {
  readonly type: string;
  /** Id of an imagined member, for checks of what it lies in. */
  readonly probe: ResourceId;
  /** Azure: what a 403 names, `…/providers/Microsoft.Network` [Azure/CloudShell#561]. */
  readonly shownScope: string;
}

/** `…/providers/Microsoft.KeyVault/vaults`, `…/vaults/v/secrets`. Throws 404 for another form. */
export function parseCollection(path: string): Collection {
  const probe = requireId(`${path}/-`);
  const shownScope = probe.parentId ?? path.slice(0, path.lastIndexOf('/'));
  return { type: probe.type, probe, shownScope };
}

/** Members in the order of their creation, those that are there by default first. */
export function collectionResources(arm: ArmContext, probe: ResourceId): readonly Resource[] {
  const wanted = canonicalId(arm, probe);
  const stored = arm.store.all().filter((resource) => {
    if (!sameId(resource.type, wanted.type)) return false;
    const id = parseResourceId(resource.id);
    if (!id || isHidden(arm, id)) return false;
    if (wanted.parentId !== undefined) return sameId(id.parentId ?? '', wanted.parentId);
    const isOfSubscription = sameId(wanted.scope, `/subscriptions/${wanted.subscriptionId}`);
    return isOfSubscription
      ? sameId(id.subscriptionId ?? '', wanted.subscriptionId ?? '')
      : sameId(id.scope, wanted.scope);
  });
  const names = arm.providers.get(wanted.type.toLowerCase())?.defaultNames ?? [];
  const virtual = names.flatMap((name) => {
    const id = parseResourceId(wanted.id.replace(/\/-$/, `/${name}`));
    if (!id || arm.store.find(id.id)) return [];
    const shown = findVirtual(arm, id);
    return shown ? [shown] : [];
  });
  return [...virtual, ...stored.map((resource) => asOfNow(arm, resource))];
}
