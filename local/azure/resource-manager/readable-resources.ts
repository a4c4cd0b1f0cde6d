import type { Caller } from '../tokens/tokens.ts';
import type { ArmContext } from './arm-context.ts';
import type { Resource } from './resource.ts';

/**
 * A list shows what the caller may read and hides the rest. Decided once per type at the list's scope; only
 * where that does not allow it, resource by resource, so that a long list is few decisions.
 */
export function createReadableFilter(
  { access }: Pick<ArmContext, 'access'>,
  caller: Caller,
  scope: string,
): (resource: Resource) => boolean {
  const atScope = new Map<string, boolean>();
  return (resource) => {
    const key = resource.type.toLowerCase();
    if (!atScope.has(key)) atScope.set(key, mayRead(resource.type, scope));
    return atScope.get(key) === true || mayRead(resource.type, resource.id);
  };

  function mayRead(type: string, at: string): boolean {
    const action = `${type}/read`;
    const { principalId } = caller;
    return access.authorize({ principalId, action, isDataAction: false, scope: at }).allowed;
  }
}

/**
 * Whether lists show the resource already. Pretend: at once, unless the setting says otherwise; in Azure they follow
 * a creation late, and how late is not published.
 */
export function isListedYet(
  { clock, listDelayMs }: Pick<ArmContext, 'clock' | 'listDelayMs'>,
  resource: Resource,
): boolean {
  const delayMs = listDelayMs?.(resource) ?? 0;
  return delayMs === 0 || clock.nowMs() >= Date.parse(resource.createdTime) + delayMs;
}

/** Azure: tracked resources are listed, tracked children too; groups, secrets, role assignments are not [R13], [R15]. */
export function isListed(
  { providers }: Pick<ArmContext, 'providers'>,
  resource: Resource,
): boolean {
  const provider = providers.get(resource.type.toLowerCase());
  return provider ? provider.listed : resource.location !== undefined;
}
