import type { ResourceProvider } from '../providers/provider.ts';
import { armApiVersions } from './api-version.ts';
import { locations } from './locations.ts';

type Providers = ReadonlyMap<string, ResourceProvider>;

/** Namespaces of the types that have a provider here. */
export function listNamespaces(providers: Providers): string[] {
  return [...new Set([...providers.values()].map(({ type }) => type.split('/')[0] ?? ''))];
}

/** Source: https://learn.microsoft.com/rest/api/resources/providers/get */
export function renderNamespace(
  providers: Providers,
  namespace: string,
  subscriptionId: string | undefined,
): Record<string, unknown> {
  const displayNames = locations.map(({ displayName }) => displayName);
  const own = [...providers.values()]
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
