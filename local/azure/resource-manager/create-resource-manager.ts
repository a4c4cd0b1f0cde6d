import type { Access } from '../access/access.ts';
import { type Clock, toAzureTimestamp } from '../clock.ts';
import type { Deployments } from '../deployments/deployment.ts';
import { createDeployments } from '../deployments/run.ts';
import type { Directory } from '../directory.ts';
import { createJsonService, type ServiceRequest } from '../http/json-service.ts';
import type { Listener } from '../http/server.ts';
import type { Journal } from '../journal.ts';
import { Machines } from '../machines.ts';
import { createProviders } from '../providers/create-providers.ts';
import { toLocationName } from '../providers/location-name.ts';
import type {
  BlobDataPlane,
  EventHubDataPlane,
  ServiceBusDataPlane,
  SqlDataPlane,
  VaultDataPlane,
} from '../providers/provider.ts';
import { ChangeLog } from '../resource-graph/change-log.ts';
import { isGroupType } from '../resource-graph/graph-type.ts';
import type { QueryQuota } from '../resource-graph/query-quota.ts';
import type { Tokens } from '../tokens/tokens.ts';
import type { ArmContext } from './arm-context.ts';
import { renderArmError } from './arm-error.ts';
import { armHeaders } from './arm-headers.ts';
import { AsyncOperations } from './async-operations.ts';
import { DeploymentRecords } from './deployment-records.ts';
import { createDeploymentTarget } from './deployment-target.ts';
import { handleRequest, type KnownCaller } from './handle-request.ts';
import { createInOrder } from './in-order.ts';
import { ManagedIdentities } from './managed-identities.ts';
import { createProviderServices } from './provider-services.ts';
import { isListed } from './readable-resources.ts';
import type { RequestLimits } from './request-limits.ts';
import type { Resource } from './resource.ts';
import { ResourceStore, type Subscription } from './resource-store.ts';
import { resourceGroupType } from './resource-type-names.ts';

/** Azure: https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices#template-limits */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

export interface ResourceManagerOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly access: Access;
  readonly vaults: VaultDataPlane;
  readonly blobs: BlobDataPlane;
  /** Absent: hubs, queues and topics are kept and shown, with no broker behind them. */
  readonly eventHubs?: EventHubDataPlane;
  readonly serviceBus?: ServiceBusDataPlane;
  /** Absent: servers and databases are kept and shown, with no engine behind them. */
  readonly sql?: SqlDataPlane;
  /** Absent: nobody sees what virtual machines are given. */
  readonly machines?: Machines;
  /** An address beside management.azure.com that clients reach ARM at: `https://localhost:9443`. */
  readonly advertisedEndpoint?: () => string | undefined;
  /** ARM's buckets in force now; undefined: nobody is throttled. */
  readonly limits?: () => RequestLimits | undefined;
  /** Milliseconds from a resource's creation until `GET …/resources` lists it; its own GET shows it at once. */
  readonly listDelayMs?: (resource: Resource) => number;
  /** Most resources on a page of that list; default Azure's 1,000. */
  readonly listPageSize?: () => number | undefined;
  /** Milliseconds from a change until Resource Graph's `resourcechanges` has it; Infinity: it never has. */
  readonly changeDelayMs?: (resource: Resource) => number;
  /** Resource Graph's quota in force now; undefined: nobody is throttled. */
  readonly queryQuota?: () => QueryQuota | undefined;
}

export interface ResourceManager {
  /** The door `resource-manager`: https, `management.azure.com`. */
  readonly listener: Listener;
  findResource(id: string): Resource | undefined;
  /** In the order of their creation. */
  listResources(): readonly Resource[];
  addSubscription(subscription: Subscription): void;
  /** Puts a resource there as it is, without a PUT: no provider, no check. For worlds of 100,000. */
  addResource(resource: Resource): void;
  /** Leaves a group that is there as it is. Throws RangeError if the subscription is not there. */
  addResourceGroup(group: { subscriptionId: string; name: string; location: string }): void;
  /** `strict` refuses resource types that have no provider here; else they are kept as plain ARM data. */
  deployments(strict: boolean): Deployments;
}

/** Azure Resource Manager with its providers, empty. */
export function createResourceManager(options: ResourceManagerOptions): ResourceManager {
  const { clock, journal, directory, tokens, access, vaults, blobs } = options;
  const changes = new ChangeLog(clock);
  const store = new ResourceStore(({ before, after, removedBy }) => {
    const resource = after ?? before;
    const isTracked = resource && (isGroupType(resource.type) || isListed(arm, resource));
    if (isTracked) changes.record(before, after, removedBy);
  });
  const identities = new ManagedIdentities(directory);
  const { eventHubs, serviceBus, sql, machines = new Machines() } = options;
  const planes = {
    ...{ clock, directory, tokens, access, vaults, blobs, machines, identities },
    ...(eventHubs && { eventHubs }),
    ...(serviceBus && { serviceBus }),
    ...(sql && { sql }),
  };
  const arm: ArmContext = {
    clock,
    journal,
    directory,
    tokens,
    access,
    store,
    identities,
    providers: createProviders(createProviderServices(planes, store)),
    deploymentRecords: new DeploymentRecords(),
    asyncOperations: new AsyncOperations(),
    inOrder: createInOrder(),
    ...(options.limits && { limits: options.limits }),
    ...(options.listDelayMs && { listDelayMs: options.listDelayMs }),
    ...(options.listPageSize && { listPageSize: options.listPageSize }),
    changes,
    ...(options.changeDelayMs && { changeDelayMs: options.changeDelayMs }),
    ...(options.queryQuota && { queryQuota: options.queryQuota }),
    get deployments(): Deployments {
      return lenient;
    },
  };
  const lenient = createDeployments(createDeploymentTarget(arm, false));
  const strict = createDeployments(createDeploymentTarget(arm, true));
  return {
    listener: createListener(arm, options),
    findResource: (id) => store.find(id),
    listResources: () => store.all(),
    addSubscription: (subscription) => store.addSubscription(subscription),
    addResource: (resource) => store.save(resource),
    addResourceGroup: (group) => addResourceGroup(arm, group),
    deployments: (isStrict) => (isStrict ? strict : lenient),
  };
}

function createListener(arm: ArmContext, options: ResourceManagerOptions): Listener {
  const callers = new WeakMap<ServiceRequest, KnownCaller>();
  return createJsonService({
    door: 'resource-manager',
    journal: options.journal,
    maxBodyBytes: MAX_BODY_BYTES,
    handle: (request) =>
      handleRequest(arm, request, options.advertisedEndpoint?.(), (caller) =>
        callers.set(request, caller),
      ),
    renderError: (error, request) => renderArmError(error, request, callers.get(request)),
    commonHeaders: (request) => armHeaders(request, arm.clock.nowMs()),
  });
}

function addResourceGroup(
  { store, clock }: ArmContext,
  { subscriptionId, name, location }: { subscriptionId: string; name: string; location: string },
): void {
  if (!store.findSubscription(subscriptionId)) {
    throw new RangeError(`no subscription ${subscriptionId} to put the group ${name} in`);
  }
  if (store.findGroup(subscriptionId, name)) return;
  const now = toAzureTimestamp(clock.nowMs());
  store.save({
    id: `/subscriptions/${subscriptionId}/resourceGroups/${name}`,
    name,
    type: resourceGroupType,
    apiVersion: '2025-04-01',
    location: toLocationName(location),
    properties: { provisioningState: 'Succeeded' },
    createdTime: now,
    changedTime: now,
  });
}
