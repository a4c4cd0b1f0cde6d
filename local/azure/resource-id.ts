/**
 * Azure resource ids: `/subscriptions/{s}/resourceGroups/{g}/providers/{Namespace}/{type}/{name}/…`,
 * extension resources with a further `/providers/…` behind the id that they extend.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export interface ResourceId {
  /** As written by whoever gave it; compare with `sameId`. */
  readonly id: string;
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  /** `Microsoft.KeyVault/vaults/secrets`; groups are `Microsoft.Resources/resourceGroups`. */
  readonly type: string;
  /** Last segment. */
  readonly name: string;
  /** All name segments: `vault/secret`. */
  readonly fullName: string;
  /** The scope that the last `/providers/` extends: a group, a subscription, a resource or '' (tenant). */
  readonly scope: string;
  /** Id of the parent resource, for a child type. */
  readonly parentId?: string;
}

/** Parses an id; undefined if it does not have the form of one. Segments keep their case. */
export function parseResourceId(id: string): ResourceId | undefined {
  const trimmed = id.replace(/\/+$/, '');
  const segments = trimmed.split('/');
  if (segments.shift() !== '' || segments.some((segment) => segment === '')) return undefined;
  const subscriptionId = /^subscriptions$/i.test(segments[0] ?? '') ? segments[1] : undefined;
  const inGroup = subscriptionId !== undefined && /^resourceGroups$/i.test(segments[2] ?? '');
  const resourceGroup = inGroup ? segments[3] : undefined;
  const base = {
    id: trimmed,
    ...(subscriptionId !== undefined && { subscriptionId }),
    ...(resourceGroup !== undefined && { resourceGroup }),
  };

  const lastProviders = segments.findLastIndex((segment) => /^providers$/i.test(segment));
  if (lastProviders === -1) {
    if (subscriptionId !== undefined && segments.length === 2) {
      const name = subscriptionId;
      return {
        ...base,
        type: 'Microsoft.Resources/subscriptions',
        name,
        fullName: name,
        scope: '',
      };
    }
    if (resourceGroup !== undefined && segments.length === 4) {
      const type = 'Microsoft.Resources/resourceGroups';
      const scope = `/subscriptions/${subscriptionId}`;
      return { ...base, type, name: resourceGroup, fullName: resourceGroup, scope };
    }
    return undefined;
  }

  const own = segments.slice(lastProviders + 1);
  const namespace = own[0];
  const pairs = own.slice(1);
  if (namespace === undefined || pairs.length < 2 || pairs.length % 2 !== 0) return undefined;
  const types = pairs.filter((_, index) => index % 2 === 0);
  const names = pairs.filter((_, index) => index % 2 === 1);
  const scopeSegments = segments.slice(0, lastProviders);
  return {
    ...base,
    type: [namespace, ...types].join('/'),
    name: names.at(-1) ?? '',
    fullName: names.join('/'),
    scope: scopeSegments.length ? `/${scopeSegments.join('/')}` : '',
    ...(pairs.length > 2 && { parentId: `/${segments.slice(0, -2).join('/')}` }),
  };
}

/** ARM compares ids without regard to case. */
export function sameId(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** Whether `scope` is `id` itself or one of its ancestors ('' and '/' are the tenant). */
export function isWithinScope(id: string, scope: string): boolean {
  const outer = scope.toLowerCase().replace(/\/+$/, '');
  const inner = id.toLowerCase().replace(/\/+$/, '');
  return outer === '' || inner === outer || inner.startsWith(`${outer}/`);
}
