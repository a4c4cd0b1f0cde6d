// The embedded Azure in one process: makes the parts, opens the doors, gives back `stop`.
import { randomBytes } from 'node:crypto';
import type { Access } from './access/access.ts';
import { createAccess } from './access/authorize.ts';
import { type CertificateAuthority, loadCertificateAuthority } from './certificate-authority.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Deployments } from './deployments/deployment.ts';
import { Directory } from './directory.ts';
import { type Door, doorNames, isHostOf } from './doors.ts';
import { createControlEndpoint } from './faults/control-endpoint.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { createFaultyListener } from './faults/faulty-listener.ts';
import { type Listener, type RunningServer, startServer } from './http/server.ts';
import { Journal } from './journal.ts';
import { createKeyVault } from './key-vault/create-key-vault.ts';
import {
  createResourceManager,
  type ResourceManager,
} from './resource-manager/create-resource-manager.ts';
import { createBlobStorage } from './storage/create-blob-storage.ts';
import { deployer, ownerRoleId, subscription, tenantId } from './tenant.ts';
import { createAppServiceEndpoint } from './tokens/app-service-endpoint.ts';
import { createTokens } from './tokens/create-tokens.ts';
import { createImds } from './tokens/imds.ts';
import { createOpenIdService } from './tokens/openid-configuration.ts';
import { createSigningKeys } from './tokens/signing-keys.ts';
import type { Caller, Tokens } from './tokens/tokens.ts';

export interface AzureOptions {
  /** Folder of the certificate authority; made if absent. */
  readonly stateDirectory: string;
  readonly clock?: Clock;
  readonly tokenLifetimeSeconds?: number;
}

export interface LocalAzure {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly access: Access;
  readonly tokens: Tokens;
  /** How doors are told to misbehave. */
  readonly faults: FaultPlan;
  /** Address and per-start secret of the control endpoint. */
  readonly controlEnvironment: Readonly<Record<string, string>>;
  readonly resourceManager: ResourceManager;
  readonly certificateAuthority: CertificateAuthority;
  /** Production `name:port` → loopback port, for the redirect of a client process. */
  readonly redirect: Readonly<Record<string, number>>;
  readonly ports: Readonly<Partial<Record<Door, number>>>;
  /** The person who deploys, as ARM sees them. */
  readonly deployer: Caller;
  /** Resolves when blob storage answers; everything else does already. */
  readonly storageReady: Promise<void>;
  /** Own template: `strict`. See `ResourceManager.deployments`. */
  deployments(strict: boolean): Deployments;
  /** IDENTITY_ENDPOINT, IDENTITY_HEADER …: what App Service puts into the environment of this app. */
  identityEnvironmentOf(resourceId: string): Record<string, string>;
  rotateIdentityHeader(resourceId: string): void;
  /** Opens IMDS for one virtual machine (any resource with identities); gives its redirect entry. */
  startImds(resourceId: string): Promise<Readonly<Record<string, number>>>;
  stop(): Promise<void>;
}

/** Starts every service on free loopback ports. Nothing is deployed yet; the deployer owns the one subscription. */
export async function startAzure(options: AzureOptions): Promise<LocalAzure> {
  const clock = options.clock ?? systemClock;
  const journal = new Journal(clock);
  const faults = new FaultPlan(journal);
  const directory = new Directory(tenantId);
  directory.add(deployer);
  const access = createAccess({ journal });
  access.addAssignment({
    id: `/subscriptions/${subscription.subscriptionId}/providers/Microsoft.Authorization/roleAssignments/${deployer.principalId}`,
    scope: `/subscriptions/${subscription.subscriptionId}`,
    principalId: deployer.principalId,
    roleDefinitionId: ownerRoleId,
  });
  const controlSecret = randomBytes(24).toString('hex');
  const [keys, certificateAuthority] = await Promise.all([
    createSigningKeys(),
    loadCertificateAuthority(options.stateDirectory),
  ]);
  const tokens = createTokens({
    clock,
    directory,
    keys,
    ...(options.tokenLifetimeSeconds !== undefined && {
      lifetimeSeconds: options.tokenLifetimeSeconds,
    }),
  });
  const parts = { clock, journal, directory, tokens, access };
  const keyVault = createKeyVault(parts);
  const storage = createBlobStorage(parts);
  const ports: Partial<Record<Door, number>> = {};
  const resourceManager = createResourceManager({
    ...parts,
    vaults: keyVault.vaults,
    blobs: storage.blobs,
    advertisedEndpoint: () => `https://localhost:${ports['resource-manager']}`,
  });
  resourceManager.addSubscription(subscription);
  const { findResource } = resourceManager;
  const appServiceEndpoint = createAppServiceEndpoint({ ...parts, findResource });

  const tls = certificateAuthority.serverIdentity;
  const servers: RunningServer[] = [];
  async function open(door: Door, listener: Listener, secure: boolean): Promise<number> {
    const server = await startServer(createFaultyListener(door, faults, listener), {
      isOwnHost: (host) => isOwnHost(door, host),
      ...(secure && { tls }),
    });
    servers.push(server);
    ports[door] = server.port;
    return server.port;
  }
  await Promise.all([
    open('resource-manager', resourceManager.listener, true),
    open('key-vault', keyVault.listener, true),
    open('blob', storage.listener, true),
    open('entra', createOpenIdService({ journal, directory, keys }), true),
    open('app-service-identity', appServiceEndpoint.listener, false),
    open(
      'control',
      createControlEndpoint({ clock, journal, faults, secret: controlSecret }),
      false,
    ),
  ]);

  return {
    ...parts,
    faults,
    controlEnvironment: {
      LOCAL_AZURE_CONTROL_ENDPOINT: `http://127.0.0.1:${ports.control}`,
      LOCAL_AZURE_CONTROL_SECRET: controlSecret,
    },
    resourceManager,
    certificateAuthority,
    ports,
    redirect: redirectTo(ports),
    deployer: {
      principalId: deployer.principalId,
      clientId: deployer.clientId,
      tenantId,
      audience: 'https://management.azure.com/',
      issuer: `https://sts.windows.net/${tenantId}/`,
    },
    storageReady: storage.ready,
    deployments: (strict) => resourceManager.deployments(strict),
    identityEnvironmentOf: (resourceId) => ({
      ...appServiceEndpoint.environmentOf(resourceId, ports['app-service-identity'] ?? 0),
    }),
    rotateIdentityHeader: (resourceId) => appServiceEndpoint.rotateHeader(resourceId),
    async startImds(resourceId) {
      const imds = createImds({ ...parts, findResource, resourceId });
      const server = await startServer(createFaultyListener('imds', faults, imds), {
        isOwnHost: (host) => isOwnHost('imds', host),
      });
      servers.push(server);
      return { '169.254.169.254:80': server.port };
    },
    async stop() {
      await Promise.all([...servers.map((server) => server.stop()), storage.stop()]);
    },
  };
}

/** ARM also answers as `localhost`, for clients that are given its address instead of a redirect. */
function isOwnHost(door: Door, host: string): boolean {
  if (door === 'app-service-identity' || door === 'control') return host === '127.0.0.1';
  return isHostOf(door, host) || (door === 'resource-manager' && host === 'localhost');
}

function redirectTo(ports: Partial<Record<Door, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(doorNames).flatMap(([door, { hosts, port }]) => {
      const local = ports[door as Door];
      return local === undefined ? [] : hosts.map((host) => [`${host}:${port}`, local]);
    }),
  );
}
