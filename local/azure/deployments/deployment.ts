import type { Clock } from '../clock.ts';
import type { ServiceErrorDetail } from '../http/service-error.ts';
import type { Resource, ResourceBody } from '../resource-manager/resource.ts';
import type { Caller } from '../tokens/tokens.ts';

/** Where a deployment runs. */
export interface DeploymentScope {
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** Absent at subscription scope. */
  readonly resourceGroup?: string;
  /** Location of the deployment itself at subscription scope; the group's location else. */
  readonly location?: string;
}

export interface DeploymentRequest {
  readonly name: string;
  readonly scope: DeploymentScope;
  readonly template: unknown;
  /** `{ name: { value } }`, as in a parameters file and a deployment's body. */
  readonly parameters: Readonly<Record<string, DeploymentParameter>>;
  readonly caller: Caller;
}

export interface DeploymentParameter {
  readonly value?: unknown;
  /** The value is a secret of a vault. */
  readonly reference?: VaultSecretReference;
}

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/key-vault-parameter */
export interface VaultSecretReference {
  readonly keyVault: { readonly id: string };
  readonly secretName: string;
  readonly secretVersion?: string;
}

/** What the engine needs of ARM. Every call is made, and authorized, as the deployment's caller. */
export interface DeploymentTarget {
  readonly clock: Clock;
  /** PUT of any resource, groups, role assignments and extension resources included. Throws ServiceError. */
  put(caller: Caller, id: string, apiVersion: string, body: ResourceBody): Promise<Resource>;
  /** GET, authorized for read. Undefined if there is none. */
  get(caller: Caller, id: string, apiVersion: string): Promise<Resource | undefined>;
  /** Whether the resource exists, without an access check (`existing`, `@onlyIfNotExists()`). */
  exists(id: string): boolean;
  /** Undefined for a subscription that is not in the tenant. No access check. */
  subscriptionName(subscriptionId: string): string | undefined;
  /** list* functions: POST of an action. */
  invoke(
    caller: Caller,
    id: string,
    apiVersion: string,
    action: string,
    body: unknown,
  ): Promise<unknown>;
  /**
   * The value of a secret, for a parameter that refers to it. Throws ServiceError.
   * Without this member such a parameter is refused by name.
   */
  readVaultSecret?(caller: Caller, reference: VaultSecretReference): Promise<string>;
  /** Kept so that GET of a deployment, nested ones included, and its operations show it. Called at every change of state. */
  recordDeployment(record: DeploymentRecord): void;
  /** False for a type that the embedded Azure does not know and this target refuses. */
  acceptsType(type: string): boolean;
}

export type ProvisioningState = 'Accepted' | 'Running' | 'Succeeded' | 'Failed';

export interface DeploymentRecord {
  /** `/subscriptions/…/providers/Microsoft.Resources/deployments/main`. */
  readonly id: string;
  readonly name: string;
  readonly scope: DeploymentScope;
  readonly template: unknown;
  /** Every template parameter, defaults evaluated; secure ones without value. */
  readonly parameters: Readonly<
    Record<string, { readonly type: string; readonly value?: unknown }>
  >;
  readonly state: ProvisioningState;
  readonly startedMs: number;
  readonly changedMs: number;
  readonly correlationId: string;
  readonly operations: readonly DeploymentOperation[];
  /** Types in the template with their locations, and edges, as ARM's answer lists them. */
  readonly providers: readonly {
    readonly namespace: string;
    readonly resourceTypes: readonly {
      readonly resourceType: string;
      readonly locations: readonly (string | null)[];
    }[];
  }[];
  readonly dependencies: readonly {
    readonly dependsOn: readonly ResourceReference[];
    readonly id: string;
    readonly resourceType: string;
    readonly resourceName: string;
  }[];
  readonly outputs?: Readonly<Record<string, { readonly type: string; readonly value?: unknown }>>;
  readonly outputResources?: readonly { readonly id: string }[];
  readonly error?: DeploymentFailure;
}

export interface ResourceReference {
  readonly id: string;
  readonly resourceType: string;
  readonly resourceName: string;
}

export interface DeploymentOperation {
  readonly operationId: string;
  readonly provisioningOperation: 'Create' | 'Read' | 'EvaluateDeploymentOutput';
  readonly provisioningState: ProvisioningState;
  readonly startedMs: number;
  readonly durationMs: number;
  readonly statusCode: string;
  readonly statusMessage?: unknown;
  readonly targetResource?: ResourceReference;
}

export type DeploymentFailure = ServiceErrorDetail;

/**
 * `createDeployments(target)` (deployments/run.ts) gives this.
 * - `validate` throws ServiceError 400 `InvalidTemplate`, `InvalidTemplateDeployment` … and changes nothing;
 *   returns the first record (parameters, providers, dependencies) and the ids of what would be deployed.
 * - `start` validates, records `Accepted`, then deploys; `done` never rejects: a failure is in its record.
 */
export interface Deployments {
  validate(request: DeploymentRequest): {
    record: DeploymentRecord;
    validatedResources: readonly { readonly id: string }[];
  };
  start(request: DeploymentRequest): {
    accepted: DeploymentRecord;
    done: Promise<DeploymentRecord>;
  };
}
