// The embedded Azure in one process: makes the parts, opens the doors, gives back `stop`.
import { randomBytes } from 'node:crypto';
import type { Access } from './access/access.ts';
import { createAccess } from './access/authorize.ts';
import { createAppService } from './app-service/create-app-service.ts';
import { Behaviour } from './behaviour/behaviour.ts';
import { loadCertificateAuthority } from './certificate-authority.ts';
import { MovableClock } from './clock.ts';
import { Directory } from './directory.ts';
import { createControlEndpoint } from './faults/control-endpoint.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { createGraph } from './graph/create-graph.ts';
import { Journal } from './journal.ts';
import { createKeyVault } from './key-vault/create-key-vault.ts';
import { limitIdentityRequests } from './limits/identity-limit.ts';
import { Limits } from './limits/limits.ts';
import type { AzureOptions, LocalAzure } from './local-azure.ts';
import { Machines } from './machines.ts';
import { OpenDoors, redirectTo } from './open-doors.ts';
import { createResourceManager } from './resource-manager/create-resource-manager.ts';
import { createMessaging } from './start-messaging.ts';
import { createSqlService } from './start-sql.ts';
import { createBlobStorage } from './storage/create-blob-storage.ts';
import { deployer, ownerRoleId, subscription, tenantId } from './tenant.ts';
import { createAppServiceEndpoint } from './tokens/app-service-endpoint.ts';
import { createTokens } from './tokens/create-tokens.ts';
import { createImds } from './tokens/imds.ts';
import { createOpenIdService } from './tokens/openid-configuration.ts';
import { createSigningKeys } from './tokens/signing-keys.ts';

export type { AzureOptions, LocalAzure } from './local-azure.ts';

/** Starts every service on free loopback ports. Nothing is deployed yet; the deployer owns every subscription. */
export async function startAzure(options: AzureOptions): Promise<LocalAzure> {
  const clock = options.clock ?? new MovableClock();
  const journal = new Journal(clock);
  const faults = new FaultPlan(journal);
  const directory = new Directory(tenantId);
  directory.add(deployer);
  const limits = new Limits(clock);
  limits.set(options.limits ?? {});
  const behaviour = new Behaviour();
  const access = createAccess({
    journal,
    delay: { clock, delayMs: () => behaviour.grantDelayMs },
    groupsOf: (principalId) => directory.groupsOf(principalId),
  });
  const subscriptions = [subscription, ...(options.otherSubscriptions ?? [])];
  for (const { subscriptionId } of subscriptions)
    makeOwner(access, `/subscriptions/${subscriptionId}`);
  const { tokenLifetimeSeconds } = options;
  behaviour.set({
    ...(tokenLifetimeSeconds !== undefined && { tokenLifetimeSeconds }),
    ...options.behaviour,
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
    lifetimeSeconds: () => behaviour.tokenLifetimeSeconds,
  });
  const parts = { clock, journal, directory, tokens, access };
  const keyVault = createKeyVault(parts);
  const storage = createBlobStorage(parts);
  const { messageDirectory, databaseDirectory } = options;
  const messaging = createMessaging({
    ...parts,
    faults,
    ...(messageDirectory !== undefined && { messageDirectory }),
  });
  const sql = createSqlService({
    ...parts,
    faults,
    ...(databaseDirectory !== undefined && { databaseDirectory }),
    isPaused: (databaseId) => behaviour.isPaused(databaseId),
  });
  const machines = new Machines();
  const doors = new OpenDoors({ clock, journal, faults, tls: certificateAuthority.serverIdentity });
  const { ports } = doors;
  const resourceManager = createResourceManager({
    ...parts,
    vaults: keyVault.vaults,
    blobs: storage.blobs,
    eventHubs: messaging.eventHubs,
    serviceBus: messaging.serviceBus,
    sql: sql.dataPlane,
    machines,
    advertisedEndpoint: () => `https://localhost:${ports['resource-manager']}`,
    limits: () => limits.resourceManager,
    listDelayMs: (resource) => behaviour.listDelayMs(resource),
    listPageSize: () => behaviour.listPageSize,
    changeDelayMs: (resource) => behaviour.changeDelayMs(resource),
    queryQuota: () => limits.resourceGraph,
  });
  for (const each of subscriptions) resourceManager.addSubscription(each);
  const { findResource, listResources } = resourceManager;
  const appService = createAppService({ ...parts, findResource, listResources });
  const appServiceEndpoint = createAppServiceEndpoint({ ...parts, findResource });

  const identityEnvironmentOf = (resourceId: string) => ({
    ...appServiceEndpoint.environmentOf(resourceId, ports['app-service-identity'] ?? 0),
  });
  function rotateIdentityHeader(resourceId: string) {
    appServiceEndpoint.rotateHeader(resourceId);
    return identityEnvironmentOf(resourceId);
  }

  const identityLimit = { clock, journal, settings: () => limits.identity };
  const control = createControlEndpoint({
    ...{ clock, journal, faults, limits, behaviour, doors },
    rotateIdentityHeader,
    secret: controlSecret,
  });
  const secure = { secure: true };
  await Promise.all([
    doors.open('resource-manager', resourceManager.listener, secure),
    doors.open('key-vault', keyVault.listener, secure),
    doors.open('blob', storage.listener, secure),
    doors.open('entra', createOpenIdService({ clock, journal, directory, keys }), secure),
    doors.open('graph', createGraph({ clock, journal, directory, tokens }), secure),
    doors.open('app-service', appService.listener, secure),
    doors.open('app-service-identity', appServiceEndpoint.listener, {
      guard: (next) =>
        limitIdentityRequests(
          {
            ...identityLimit,
            door: 'app-service-identity',
            askerOf: ({ headers }) => appServiceEndpoint.resourceOf(headers),
          },
          next,
        ),
    }),
    doors.open('control', control),
    messaging.open(doors, certificateAuthority.serverIdentity),
    sql.open(doors, certificateAuthority.serverIdentity),
  ]);

  return {
    ...parts,
    signingKeys: keys,
    faults,
    limits,
    behaviour,
    controlEnvironment: {
      LOCAL_AZURE_CONTROL_ENDPOINT: `http://127.0.0.1:${ports.control}`,
      LOCAL_AZURE_CONTROL_SECRET: controlSecret,
    },
    resourceManager,
    messaging,
    sql: sql.dataPlane,
    machines,
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
    serveSite: (siteId, address) => appService.serveSite(siteId, address),
    deployments: (strict) => resourceManager.deployments(strict),
    identityEnvironmentOf,
    rotateIdentityHeader,
    setTokenLifetimeSeconds: (seconds) => behaviour.set({ tokenLifetimeSeconds: seconds }),
    closeDoor: (door) => doors.close(door),
    openDoor: (door) => doors.reopen(door),
    async startImds(resourceId) {
      const imds = createImds({ ...parts, findResource, resourceId });
      const askerOf = ({ url = '' }: { url?: string | undefined }) =>
        // Only tokens have this limit.
        /^\/+metadata\/+identity\//i.test(url) ? resourceId : undefined;
      const port = await doors.open('imds', imds, {
        guard: (next) => limitIdentityRequests({ ...identityLimit, door: 'imds', askerOf }, next),
      });
      return { '169.254.169.254:80': port };
    },
    async stop() {
      await Promise.all([doors.stop(), storage.stop()]);
      messaging.stop();
      sql.stop();
    },
  };
}

function makeOwner(access: Access, scope: string): void {
  const { principalId } = deployer;
  access.addAssignment({
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${principalId}`,
    scope,
    principalId,
    roleDefinitionId: ownerRoleId,
  });
}
