// Shared access rules of namespaces and entities. They can be made and their keys listed, as templates do; but the
// brokers here take nothing but Entra tokens.
import { randomBytes } from 'node:crypto';
import { ServiceError } from '../http/service-error.ts';
import type { ResourceId } from '../resource-id.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { EVENT_HUB_API_VERSIONS, SERVICE_BUS_API_VERSIONS } from './messaging-api-versions.ts';
import { entityNames, findNamespace, openEntity } from './messaging-entity.ts';
import { refuseNamespace } from './messaging-refusals.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { readArray, readString } from './read-property.ts';

const RIGHTS = ['Listen', 'Manage', 'Send'];

/** Azure: every namespace is born with it [Azure/azure-service-bus#434]; rights in the order of [R47]. */
export const rootRule = {
  path: 'AuthorizationRules/RootManageSharedAccessKey',
  properties: { rights: RIGHTS },
};

/** The five types; the case of each is that of its ids. */
export const authorizationRules: readonly ((services: ProviderServices) => ResourceProvider)[] = [
  'Microsoft.ServiceBus/namespaces/AuthorizationRules',
  'Microsoft.ServiceBus/namespaces/queues/authorizationRules',
  'Microsoft.ServiceBus/namespaces/topics/authorizationRules',
  'Microsoft.EventHub/namespaces/AuthorizationRules',
  'Microsoft.EventHub/namespaces/eventhubs/authorizationRules',
].map((type) => (services) => authorizationRulesOf(services, type));

interface Keys {
  PrimaryKey: string;
  SecondaryKey: string;
}

/** Source: https://learn.microsoft.com/rest/api/servicebus/controlplane/namespaces-authorization-rules */
function authorizationRulesOf(services: ProviderServices, type: string): ResourceProvider {
  const keysOf = new Map<string, Keys>();
  const keys = ({ id }: Resource): Keys => {
    const key = id.toLowerCase();
    const known = keysOf.get(key) ?? { PrimaryKey: createKey(), SecondaryKey: createKey() };
    keysOf.set(key, known);
    return known;
  };
  return {
    type,
    apiVersions: type.startsWith('Microsoft.ServiceBus')
      ? SERVICE_BUS_API_VERSIONS
      : EVENT_HUB_API_VERSIONS,
    listed: false,
    put(request) {
      const { location } = openEntity(services, request);
      const rights = readRights(request.id, request.body.properties?.rights);
      return { properties: { rights }, ...(location && { location }) };
    },
    remove: ({ id }) => void keysOf.delete(id.toLowerCase()),
    // [R47]
    notFound: () =>
      new ServiceError(404, 'AuthorizationRuleNotFound', 'Authorization rule not found'),
    actions: {
      listkeys: (rule) => showKeys(services, rule, keys(rule)),
      regeneratekeys(rule, body) {
        const given = body as Record<string, unknown> | undefined;
        const name = readString(given, 'keyType');
        // Pretend: the words.
        if (name !== 'PrimaryKey' && name !== 'SecondaryKey')
          throw refuseNamespace('Invalid keyType.');
        keys(rule)[name] = readString(given, 'key') ?? createKey();
        return showKeys(services, rule, keys(rule));
      },
    },
  };
}

function createKey(): string {
  return randomBytes(32).toString('base64');
}

function readRights(id: ResourceId, given: unknown): readonly string[] {
  const rights = (readArray({ rights: given }, 'rights') ?? []).map(
    (right) => RIGHTS.find((each) => each.toLowerCase() === String(right).toLowerCase()) ?? '',
  );
  const isManage = rights.includes('Manage');
  // Pretend: the words.
  if (rights.length === 0 || rights.includes('')) {
    throw refuseNamespace(`The rights of '${id.name}' must be some of Listen, Manage, Send.`);
  }
  if (isManage && !(rights.includes('Send') && rights.includes('Listen'))) {
    throw refuseNamespace('Manage permission should also include Send and Listen.');
  }
  return rights;
}

/**
 * In the form and order of [R48]. Pretend: they are listed whatever `disableLocalAuth` says, and open nothing here;
 * in Azure they open the namespace unless it is true.
 */
function showKeys(services: ProviderServices, { id, name }: Resource, keys: Keys): unknown {
  const host = `${(findNamespace(services, { id })?.name ?? '').toLowerCase()}.servicebus.windows.net`;
  const names = entityNames({ fullName: name });
  const keyName = names.at(-1) ?? '';
  const entityPath = names.length > 2 ? `;EntityPath=${names[1]}` : '';
  const connectionString = (key: string) =>
    `Endpoint=sb://${host}/;SharedAccessKeyName=${keyName};SharedAccessKey=${key}${entityPath}`;
  return {
    primaryConnectionString: connectionString(keys.PrimaryKey),
    secondaryConnectionString: connectionString(keys.SecondaryKey),
    primaryKey: keys.PrimaryKey,
    secondaryKey: keys.SecondaryKey,
    keyName,
  };
}
