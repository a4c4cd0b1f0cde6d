import { isWithinScope } from '../resource-id.ts';
import type { Caller } from '../tokens/tokens.ts';
import type { ArmContext } from './arm-context.ts';
import type { Resource } from './resource.ts';

/** What of a resource decides whether it may be read. */
type Readable = Pick<Resource, 'id' | 'type'>;

/**
 * A list shows what the caller may read and hides the rest. A decision depends on nothing but the type and the
 * caller's assignments above the resource, so it is made once for each: at the list's scope, or at the scope of
 * the lowest assignment in between. A list of 100,000 resources is few decisions and few journal entries.
 */
export function createReadableFilter(
  { access }: Pick<ArmContext, 'access'>,
  { principalId }: Caller,
  scope: string,
): (resource: Readable) => boolean {
  const assigned = access
    .listEffectiveAssignmentsOf(principalId)
    .map((assignment) => assignment.scope)
    .filter((inner) => inner.length > scope.length && isWithinScope(inner, scope))
    .sort((a, b) => b.length - a.length);
  const decided = new Map<string, boolean>();
  return ({ id, type }) => {
    const at = assigned.find((inner) => isWithinScope(id, inner)) ?? scope;
    const key = `${type.toLowerCase()} ${at}`;
    const known = decided.get(key);
    if (known !== undefined) return known;
    const request = { principalId, action: `${type}/read`, isDataAction: false, scope: at };
    const { allowed } = access.authorize(request);
    decided.set(key, allowed);
    return allowed;
  };
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
