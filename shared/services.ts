// The app's parts, put together once per process and each at first use.
import { type Blobs, createBlobs } from './blobs.ts';
import { createCredential } from './credential.ts';
import type { LadderLimits } from './identity/request-token.ts';
import type { TokenCache } from './identity/token-cache.ts';
import { createKeyVault, type KeyVault } from './key-vault.ts';
import { createResourceGraph, type ResourceGraph } from './resource-graph.ts';
import { createResourceManager, type ResourceManager } from './resource-manager.ts';
import { type Environment, loadSettings, processEnvironment, type Settings } from './settings.ts';

/** Each part throws CONFIG_INVALID if a setting that it needs is not as it should be. */
export interface Services {
  readonly settings: Settings;
  readonly credential: TokenCache;
  readonly resourceManager: ResourceManager;
  readonly resourceGraph: ResourceGraph;
  readonly keyVault: KeyVault;
  /** The container of the scan's state and report. */
  readonly scanBlobs: Blobs;
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
  const keyVault = lazy(() => {
    const { KEY_VAULT_URL } = settings.need('KEY_VAULT_URL', 'IDENTITY_KIND');
    return createKeyVault(KEY_VAULT_URL, services.credential, principalIdInHand);
  });
  const scanBlobs = lazy(() => {
    const { SCAN_STATE_CONTAINER_URL } = settings.need('SCAN_STATE_CONTAINER_URL', 'IDENTITY_KIND');
    return createBlobs(SCAN_STATE_CONTAINER_URL, services.credential, principalIdInHand);
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
    get keyVault() {
      return keyVault();
    },
    get scanBlobs() {
      return scanBlobs();
    },
  };
  return services;
}

/** The services of this process. */
export const processServices = lazy(() => createServices(processEnvironment));

function lazy<T>(create: () => T): () => T {
  let created: { readonly value: T } | undefined;
  return () => {
    created ??= { value: create() };
    return created.value;
  };
}
