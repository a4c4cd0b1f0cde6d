import type { Access } from '../access/access.ts';
import type { Clock } from '../clock.ts';
import type { Directory, Principal } from '../directory.ts';
import type { ServiceError } from '../http/service-error.ts';
import type { Machines } from '../machines.ts';
import type { ResourceId } from '../resource-id.ts';
import type { Resource, ResourceBody, ResourceIdentity } from '../resource-manager/resource.ts';
import type { Caller, Tokens } from '../tokens/tokens.ts';
import type { SqlDataPlane } from './sql-data-plane.ts';

export type { SqlDatabaseSettings, SqlDataPlane, SqlServerSettings } from './sql-data-plane.ts';

/**
 * One resource type. ARM has already checked the caller's right, the api-version and that the parent exists;
 * it stores what `put` returns, keeps created and changed times, gives out the system-assigned identity
 * and shows `properties` as returned.
 */
export interface ResourceProvider {
  /** `Microsoft.KeyVault/vaults`, as Azure spells it. */
  readonly type: string;
  /** Newest first; what `GET …/providers/{namespace}` shows. Any date-shaped version that a type ever had is accepted. */
  readonly apiVersions: readonly string[];
  /** Whether `GET …/resources` lists it (tracked resources; not secrets, containers, role assignments). */
  readonly listed: boolean;
  /**
   * Checks the body as Azure's provider does and makes the resource in its data plane.
   * Returns the properties that a GET shows, run-time ones included. Throws ServiceError.
   */
  put(request: PutRequest): Promise<PutOutcome> | PutOutcome;
  /** Undoes `put` in the data plane. */
  remove?(resource: Resource): Promise<void> | void;
  /** What is there without ever having been put: `blobServices/default`, `config/web`. */
  read?(id: ResourceId): Pick<Resource, 'properties' | 'location' | 'kind' | 'sku'> | undefined;
  /** `properties` of a stored resource with what only the data plane knows, as of now: message counts. */
  current?(resource: Resource): Readonly<Record<string, unknown>>;
  /** The provider's own 404, where it has one. */
  notFound?(id: ResourceId): ServiceError;
  /** Whether GET and lists keep it back, as it may hold secrets: `config/appsettings`. */
  isHidden?(id: ResourceId): boolean;
  /** Names that `read` shows in a list of the type: `default`. */
  readonly defaultNames?: readonly string[];
  /** Names that ARM's generic check lets through are refused by `put`; tracked resources need a location unless this is false. */
  readonly needsLocation?: boolean;
  /** POST actions and list* functions by lower-case name: `listkeys`. */
  readonly actions?: Readonly<
    Record<
      string,
      (resource: Resource, body: unknown, caller: Caller) => Promise<unknown> | unknown
    >
  >;
  /**
   * Of `actions`, by lower-case name: those answered by 202 and an address to poll. At it is the resource,
   * as the action has left it, once its promise is fulfilled; what an action throws at once is answered at once.
   */
  readonly longRunningActions?: ReadonlySet<string>;
}

export interface PutRequest {
  readonly id: ResourceId;
  readonly apiVersion: string;
  readonly body: ResourceBody;
  readonly existing?: Resource;
  /** The identities that the resource has from now on. */
  readonly identity?: ResourceIdentity;
  readonly caller: Caller;
}

export interface PutOutcome {
  readonly properties: Readonly<Record<string, unknown>>;
  /** Where the provider's own values win over the body's. */
  readonly sku?: unknown;
  readonly kind?: string;
  /** Shown instead of the body's: `West Europe` where the service shows display names. */
  readonly location?: string;
}

/** What providers may touch. */
export interface ProviderServices {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly access: Access;
  readonly vaults: VaultDataPlane;
  readonly blobs: BlobDataPlane;
  /** Absent: entities are kept and shown, with no broker behind them. */
  readonly eventHubs?: EventHubDataPlane;
  readonly serviceBus?: ServiceBusDataPlane;
  /** Absent: servers and databases are kept and shown, with no engine behind them. */
  readonly sql?: SqlDataPlane;
  readonly machines: Machines;
  /** For what runs as an identity while it is deployed: deployment scripts. */
  readonly tokens?: Pick<Tokens, 'issue'>;
  /** Principals of user-assigned identities, by the identity's id. */
  readonly identities: {
    find(resourceId: string): Principal | undefined;
    findOrCreate(resourceId: string, displayName: string): Principal;
    remove(resourceId: string): void;
  };
  /** Current resources, for look-ups across types. */
  findResource(id: string): Resource | undefined;
  listResources(): readonly Resource[];
  /**
   * Keeps what a provider makes on its own: a child (a site's app settings), or other properties of a resource
   * that is there, whose identity, tags and place stay. No access check, no data plane.
   */
  keepChild(id: string, properties: Readonly<Record<string, unknown>>, caller: Caller): void;
}

/** Key Vault's data plane, as ARM's providers drive it. */
export interface VaultDataPlane {
  putVault(vault: {
    name: string;
    resourceId: string;
    location: string;
    tenantId: string;
    enableRbacAuthorization: boolean;
    softDeleteRetentionInDays: number;
    /** Refuses every purge. */
    enablePurgeProtection?: boolean;
    /** Who may what with secrets while `enableRbacAuthorization` is false: `get`, `list`, `set` … or `all`. */
    accessPolicies?: readonly { objectId: string; secrets: readonly string[] }[];
  }): void;
  /** Soft-deletes; the name stays taken. */
  removeVault(name: string): void;
  isVaultNameTaken(name: string): boolean;
  /** ARM's way to make a secret: a new version if value or attributes changed. */
  setSecret(
    vaultName: string,
    secretName: string,
    secret: {
      value: string;
      contentType?: string;
      tags?: Readonly<Record<string, string>>;
      attributes?: { enabled?: boolean; exp?: number; nbf?: number };
    },
  ): { secretUri: string; secretUriWithVersion: string };
  /**
   * A secret as a service reads it by its identity, decided as at the door. Throws Key Vault's own refusals, and
   * 404 `VaultNotFound` where no vault has that host name.
   */
  readSecret(
    principal: Principal,
    secret: { vaultHost: string; secretName: string; version?: string },
  ): { value: string; contentType?: string };
}

/** Blob storage, as ARM's providers drive it. */
export interface BlobDataPlane {
  putAccount(account: {
    name: string;
    resourceId: string;
    location: string;
    /** Account keys and the SAS made with them count. Default: false, Entra tokens only. */
    allowSharedKeyAccess?: boolean;
  }): Promise<void>;
  removeAccount(name: string): Promise<void>;
  isAccountNameTaken(name: string): boolean;
  putContainer(accountName: string, containerName: string): Promise<void>;
  removeContainer(accountName: string, containerName: string): Promise<void>;
  /** What ARM's listKeys shows: key1 and key2, base64. They count only with `allowSharedKeyAccess`. */
  listAccountKeys?(accountName: string): readonly { keyName: string; value: string }[];
}

/**
 * The brokers' data planes, as ARM's providers drive them. Settings are whole and checked: defaults are filled in,
 * limits are kept. A put of what is there changes its settings and keeps its messages. Names keep the case of
 * their creation; compare without case. Role assignments are made at `resourceId`.
 */
export interface EventHubDataPlane {
  /** Await it: the broker is loaded with its first namespace. */
  putNamespace(namespace: MessagingNamespaceSettings): void | Promise<void>;
  /** With everything in it. */
  removeNamespace(namespaceName: string): void;
  /** The consumer group `$Default` is there with it. `partitionCount` never shrinks. */
  putEventHub(eventHub: EventHubSettings): void;
  removeEventHub(namespaceName: string, eventHubName: string): void;
  putConsumerGroup(group: {
    readonly namespaceName: string;
    readonly eventHubName: string;
    readonly name: string;
    readonly resourceId: string;
  }): void;
  removeConsumerGroup(namespaceName: string, eventHubName: string, name: string): void;
}

export interface ServiceBusDataPlane {
  /** Await it: the broker is loaded with its first namespace. */
  putNamespace(namespace: MessagingNamespaceSettings): void | Promise<void>;
  /** With everything in it. */
  removeNamespace(namespaceName: string): void;
  putQueue(queue: QueueSettings): void;
  removeQueue(namespaceName: string, queueName: string): void;
  putTopic(topic: TopicSettings): void;
  removeTopic(namespaceName: string, topicName: string): void;
  /** A new one has the rule `$Default`, which takes every message. */
  putSubscription(subscription: SubscriptionSettings): void;
  removeSubscription(namespaceName: string, topicName: string, name: string): void;
  /** Throws ServiceError 400 if the filter cannot be read. */
  putRule(rule: RuleSettings): void;
  removeRule(rule: Omit<RuleSettings, 'filter'>): void;
  /** What a GET shows of a queue, topic or subscription right now, by its ARM id. */
  countMessages?(resourceId: string): EntityCounts | undefined;
}

export interface MessagingNamespaceSettings {
  /** `<name>.servicebus.windows.net` is its host. */
  readonly name: string;
  readonly resourceId: string;
  readonly sku: 'Basic' | 'Standard' | 'Premium';
}

/** Azure's four; `SendDisabled` still gives messages out, `ReceiveDisabled` still takes them in. */
export type EntityStatus = 'Active' | 'Disabled' | 'SendDisabled' | 'ReceiveDisabled';

export interface EventHubSettings {
  readonly namespaceName: string;
  readonly name: string;
  readonly resourceId: string;
  readonly partitionCount: number;
  /** Hours after which an event is gone. */
  readonly retentionHours: number;
  readonly status: EntityStatus;
}

interface EntitySettings {
  readonly namespaceName: string;
  /** As clients spell it: ARM's `a~b` is `a/b`. */
  readonly name: string;
  readonly resourceId: string;
  readonly status: EntityStatus;
  /** Infinity where messages live until they are taken. */
  readonly defaultMessageTimeToLiveMs: number;
}

interface ReceiverSettings {
  readonly lockDurationMs: number;
  readonly maxDeliveryCount: number;
  readonly requiresSession: boolean;
  readonly deadLetteringOnMessageExpiration: boolean;
}

interface SenderSettings {
  readonly maxSizeInMegabytes: number;
  readonly maxMessageSizeInKilobytes: number;
  readonly requiresDuplicateDetection: boolean;
  readonly duplicateDetectionHistoryTimeWindowMs: number;
}

export type QueueSettings = EntitySettings & ReceiverSettings & SenderSettings;

export type TopicSettings = EntitySettings & SenderSettings;

export interface SubscriptionSettings extends EntitySettings, ReceiverSettings {
  readonly topicName: string;
  readonly deadLetteringOnFilterEvaluationExceptions: boolean;
}

export interface RuleSettings {
  readonly namespaceName: string;
  readonly topicName: string;
  readonly subscriptionName: string;
  readonly name: string;
  readonly filter: RuleFilter;
}

export type RuleFilter =
  | {
      readonly kind: 'sql';
      readonly expression: string;
      /** Values of `@name` in the expression. */
      readonly parameters: Readonly<Record<string, string | number | boolean>>;
    }
  | {
      readonly kind: 'correlation';
      /** `correlationId`, `messageId`, `to`, `replyTo`, `label`, `sessionId`, `replyToSessionId`, `contentType`. */
      readonly system: Readonly<Record<string, string>>;
      /** Application properties. */
      readonly properties: Readonly<Record<string, string>>;
    };

/** `transfer…` counts are 0: nothing is forwarded here. */
export interface EntityCounts {
  readonly activeMessageCount: number;
  readonly deadLetterMessageCount: number;
  readonly scheduledMessageCount: number;
  readonly sizeInBytes: number;
}
