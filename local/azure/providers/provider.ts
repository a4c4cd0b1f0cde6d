import type { Access } from '../access/access.ts';
import type { Clock } from '../clock.ts';
import type { Directory, Principal } from '../directory.ts';
import type { ServiceError } from '../http/service-error.ts';
import type { ResourceId } from '../resource-id.ts';
import type { Resource, ResourceBody } from '../resource-manager/resource.ts';
import type { Caller } from '../tokens/tokens.ts';

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
  read?(id: ResourceId): Pick<Resource, 'properties' | 'location'> | undefined;
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
    Record<string, (resource: Resource, body: unknown) => Promise<unknown> | unknown>
  >;
}

export interface PutRequest {
  readonly id: ResourceId;
  readonly apiVersion: string;
  readonly body: ResourceBody;
  readonly existing?: Resource;
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
  /** Principals of user-assigned identities, by the identity's id. */
  readonly identities: {
    find(resourceId: string): Principal | undefined;
    findOrCreate(resourceId: string, displayName: string): Principal;
    remove(resourceId: string): void;
  };
  /** Current resources, for look-ups across types. */
  findResource(id: string): Resource | undefined;
  listResources(): readonly Resource[];
  /** Keeps a child that a provider makes on its own (a site's app settings): no access check, no data plane. */
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
