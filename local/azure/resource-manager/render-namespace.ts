import type { ResourceProvider } from '../providers/provider.ts';
import { armApiVersions } from './api-version.ts';
import type { ArmContext } from './arm-context.ts';
import { locations } from './locations.ts';

type Known = Pick<ArmContext, 'providers' | 'store'>;
type KnownType = Pick<ResourceProvider, 'type' | 'apiVersions' | 'listed'>;

/** Namespaces of the types that have a provider here, and of those that are kept as plain data. */
export function listNamespaces(known: Known): string[] {
  const namespaces = new Map(
    knownTypes(known).map(({ type }) => {
      const namespace = type.split('/')[0] ?? '';
      return [namespace.toLowerCase(), namespace];
    }),
  );
  return [...namespaces.values()];
}

/**
 * Generic clients read a resource of any type with a version from here, so a type without a provider shows
 * those that its resources were put with, newest first.
 */
function knownTypes({ providers, store }: Known): readonly KnownType[] {
  const plain = new Map<string, KnownType>();
  for (const { type, apiVersion, location } of store.all()) {
    const key = type.toLowerCase();
    if (providers.has(key)) continue;
    const versions = new Set([...(plain.get(key)?.apiVersions ?? []), apiVersion]);
    const listed = location !== undefined || (plain.get(key)?.listed ?? false);
    plain.set(key, { type, apiVersions: [...versions].sort().reverse(), listed });
  }
  return [...providers.values(), ...plain.values()];
}

/** Source: https://learn.microsoft.com/rest/api/resources/providers/get */
export function renderNamespace(
  known: Known,
  namespace: string,
  subscriptionId: string | undefined,
): Record<string, unknown> {
  const displayNames = locations.map(({ displayName }) => displayName);
  const own = knownTypes(known)
    .filter(({ type }) => type.toLowerCase().startsWith(`${namespace.toLowerCase()}/`))
    .map(({ type, apiVersions, listed }) => ({
      resourceType: type.slice(namespace.length + 1),
      locations: listed ? displayNames : [],
      apiVersions,
      capabilities: listed ? 'SupportsTags, SupportsLocation' : 'None',
    }));
  const arm = ['subscriptions', 'resources', 'deployments'].map((resourceType) => ({
    resourceType,
    locations: [],
    apiVersions: armApiVersions,
    capabilities: 'None',
  }));
  const isArm = namespace.toLowerCase() === 'microsoft.resources';
  return {
    ...(subscriptionId !== undefined && {
      id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    }),
    namespace,
    resourceTypes: isArm ? [...own, ...arm] : own,
    ...(subscriptionId !== undefined && {
      registrationState: 'Registered',
      registrationPolicy: 'RegistrationRequired',
    }),
  };
}
