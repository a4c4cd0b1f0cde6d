// The app's parts, put together once per process and each at first use.

import { createArchive, type EventArchive } from './archive/event-archive.ts';
import { type Blobs, createBlobs } from './blobs.ts';
import { createCredential } from './credential.ts';
import { createDatabase, type Database } from './database/database.ts';
import { createEventHub, type EventHub } from './event-hubs.ts';
import type { LadderLimits } from './identity/request-token.ts';
import type { TokenCache } from './identity/token-cache.ts';
import { createKeyVault, type KeyVault } from './key-vault.ts';
import { createManagedIdentities, type ManagedIdentities } from './managed-identities.ts';
import { createResourceGraph, type ResourceGraph } from './resource-graph.ts';
import { createResourceManager, type ResourceManager } from './resource-manager.ts';
import { createRoleAssignments, type RoleAssignments } from './role-assignments.ts';
import { createServiceBus, type ServiceBus } from './service-bus.ts';
import { type Environment, loadSettings, processEnvironment, type Settings } from './settings.ts';
import { createWebApi, type WebApi } from './web-api.ts';

/** Each part throws CONFIG_INVALID if a setting that it needs is not as it should be. */
export interface Services {
  readonly settings: Settings;
  readonly credential: TokenCache;
  readonly resourceManager: ResourceManager;
  readonly resourceGraph: ResourceGraph;
  readonly managedIdentities: ManagedIdentities;
  readonly roleAssignments: RoleAssignments;
  readonly keyVault: KeyVault;
  /** The container of the scan's state and report. */
  readonly scanBlobs: Blobs;
  readonly eventHub: EventHub;
  readonly serviceBus: ServiceBus;
  /** The inventory. */
  readonly database: Database;
  /** The container of archived events. */
  readonly archive: EventArchive;
  /** Any API that takes Entra's tokens. */
  readonly webApi: WebApi;
  /** Ends the connections that are open, within 2 s. */
  close(): Promise<void>;
}

/** `identityLimits`: how long the identity endpoint is asked; the app itself keeps to the default. */
export function createServices(
  env: Environment,
  { identityLimits }: { readonly identityLimits?: LadderLimits } = {},
): Services {
  const settings = loadSettings(env);
  const principalIdInHand = (scope: string) => services.credential.claimsInHand(scope)?.oid;
  const credential = lazy(() =>
    createCredential(settings.need('IDENTITY_KIND').IDENTITY_KIND, {
      ...(identityLimits && { limits: identityLimits }),
      onRefreshFailed: (scope, error) =>
        console.warn(`The token for ${scope} was not renewed; the old one still serves. ${error}`),
    }),
  );
  const resourceManager = lazy(() => createResourceManager(services.credential, principalIdInHand));
  const resourceGraph = lazy(() => createResourceGraph(services.credential, principalIdInHand));
  const managedIdentities = lazy(() =>
    createManagedIdentities(services.credential, principalIdInHand),
  );
  const roleAssignments = lazy(() => createRoleAssignments(services.credential, principalIdInHand));
  const keyVault = lazy(() => {
    const { KEY_VAULT_URL } = settings.need('KEY_VAULT_URL', 'IDENTITY_KIND');
    return createKeyVault(KEY_VAULT_URL, services.credential, principalIdInHand);
  });
  const scanBlobs = lazy(() => {
    const { SCAN_STATE_CONTAINER_URL } = settings.need('SCAN_STATE_CONTAINER_URL', 'IDENTITY_KIND');
    return createBlobs(SCAN_STATE_CONTAINER_URL, services.credential, principalIdInHand);
  });
  const eventHub = lazy(() => {
    const { EVENT_HUBS_NAMESPACE: namespace, EVENT_HUB: hub } = settings.need(
      'EVENT_HUBS_NAMESPACE',
      'EVENT_HUB',
      'IDENTITY_KIND',
    );
    return createEventHub({ namespace, hub }, services.credential, principalIdInHand);
  });
  const serviceBus = lazy(() => {
    const { SERVICE_BUS_NAMESPACE } = settings.need('SERVICE_BUS_NAMESPACE', 'IDENTITY_KIND');
    return createServiceBus(SERVICE_BUS_NAMESPACE, services.credential, principalIdInHand);
  });
  const database = lazy(() => {
    const {
      SQL_SERVER: server,
      SQL_DATABASE: name,
      SQL_POOL_SIZE: poolSize,
    } = settings.need('SQL_SERVER', 'SQL_DATABASE', 'SQL_POOL_SIZE', 'IDENTITY_KIND');
    return createDatabase({ server, database: name, poolSize }, services.credential, (scope) =>
      services.credential.claimsInHand(scope),
    );
  });
  const archive = lazy(() => {
    const { EVENTS_CONTAINER_URL } = settings.need('EVENTS_CONTAINER_URL', 'IDENTITY_KIND');
    return createArchive(EVENTS_CONTAINER_URL, services.credential, principalIdInHand);
  });
  const webApi = lazy(() => {
    const { WEB_API_URL, WEB_API_SCOPE } = settings.need(
      'WEB_API_URL',
      'WEB_API_SCOPE',
      'IDENTITY_KIND',
    );
    return createWebApi(
      { url: WEB_API_URL, scope: WEB_API_SCOPE },
      services.credential,
      principalIdInHand,
    );
  });
  const services: Services = {
    settings,
    get credential() {
      return credential();
    },
    get resourceManager() {
      return resourceManager();
    },
    get resourceGraph() {
      return resourceGraph();
    },
    get managedIdentities() {
      return managedIdentities();
    },
    get roleAssignments() {
      return roleAssignments();
    },
    get keyVault() {
      return keyVault();
    },
    get scanBlobs() {
      return scanBlobs();
    },
    get eventHub() {
      return eventHub();
    },
    get serviceBus() {
      return serviceBus();
    },
    get database() {
      return database();
    },
    get archive() {
      return archive();
    },
    get webApi() {
      return webApi();
    },
    async close() {
      await Promise.all([eventHub, serviceBus, database].map(({ made }) => made?.close()));
    },
  };
  return services;
}

/** The services of this process. */
export const processServices = lazy(() => createServices(processEnvironment));

/** `made`: undefined before the first use. */
function lazy<T>(create: () => T): (() => T) & { readonly made: T | undefined } {
  let created: { readonly value: T } | undefined;
  const get = () => {
    created ??= { value: create() };
    return created.value;
  };
  return Object.defineProperty(get, 'made', { get: () => created?.value }) as typeof get & {
    readonly made: T | undefined;
  };
}
