import type { Access } from '../access/access.ts';
import type { Clock } from '../clock.ts';
import type { Deployments } from '../deployments/deployment.ts';
import type { Directory } from '../directory.ts';
import type { ServiceRequest, ServiceResponse } from '../http/json-service.ts';
import type { Journal } from '../journal.ts';
import type { ResourceProvider } from '../providers/provider.ts';
import type { ChangeLog } from '../resource-graph/change-log.ts';
import type { QueryQuota } from '../resource-graph/query-quota.ts';
import type { Caller, Tokens } from '../tokens/tokens.ts';
import type { AsyncOperations } from './async-operations.ts';
import type { DeploymentRecords } from './deployment-records.ts';
import type { ManagedIdentities } from './managed-identities.ts';
import type { RequestLimits } from './request-limits.ts';
import type { Resource } from './resource.ts';
import type { ResourceStore } from './resource-store.ts';

/** What every operation of Azure Resource Manager works with. */
export interface ArmContext {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly access: Access;
  readonly store: ResourceStore;
  /** By lower-case type. */
  readonly providers: ReadonlyMap<string, ResourceProvider>;
  readonly identities: ManagedIdentities;
  readonly deploymentRecords: DeploymentRecords;
  readonly asyncOperations: AsyncOperations;
  /** For templates that come in over REST: types without a provider are kept as plain resources. */
  readonly deployments: Deployments;
  /** ARM's buckets, where they are switched on now. */
  readonly limits?: () => RequestLimits | undefined;
  /** Milliseconds from a resource's creation until `GET …/resources` lists it. */
  readonly listDelayMs?: (resource: Resource) => number;
  /** Most resources on a page of that list. */
  readonly listPageSize?: () => number | undefined;
  /** What `resourcechanges` of Resource Graph is made of. */
  readonly changes: ChangeLog;
  /** Milliseconds from a change until `resourcechanges` has it. */
  readonly changeDelayMs?: (resource: Resource) => number;
  /** Of Resource Graph, where it is switched on now. */
  readonly queryQuota?: () => QueryQuota | undefined;
  /** Runs `work` after all earlier work on the same id. */
  inOrder<T>(id: string, work: () => Promise<T>): Promise<T>;
}

/** A request that ARM has authenticated. */
export interface ArmRequest {
  readonly method: string;
  /** Decoded, with one leading slash and none at the end. */
  readonly path: string;
  /** By lower-case name. */
  readonly query: ReadonlyMap<string, string>;
  readonly apiVersion: string;
  readonly caller: Caller;
  readonly correlationId: string;
  /** Scheme and host that the client used: `https://management.azure.com`. */
  readonly origin: string;
  readonly http: ServiceRequest;
}

/** Named segments of the route: `subscriptionId`, `resourceGroupName`, `scope`. */
export type RouteValues = Readonly<Record<string, string>>;

/** One ARM operation. Throws ServiceError. */
export type Operation = (
  arm: ArmContext,
  request: ArmRequest,
  values: RouteValues,
) => Promise<ServiceResponse> | ServiceResponse;
