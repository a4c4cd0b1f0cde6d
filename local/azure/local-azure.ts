// What the embedded Azure takes and gives: the contract of `startAzure`.
import type { Access } from './access/access.ts';
import type { Behaviour } from './behaviour/behaviour.ts';
import type { BehaviourOrder } from './behaviour/behaviour-order.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import type { Clock } from './clock.ts';
import type { Deployments } from './deployments/deployment.ts';
import type { Directory } from './directory.ts';
import type { Door } from './doors.ts';
import type { FaultPlan } from './faults/fault-plan.ts';
import type { Journal } from './journal.ts';
import type { LimitOrder } from './limits/limit-settings.ts';
import type { Limits } from './limits/limits.ts';
import type { Machines } from './machines.ts';
import type { SqlDataPlane } from './providers/provider.ts';
import type { ResourceManager } from './resource-manager/create-resource-manager.ts';
import type { Subscription } from './resource-manager/resource-store.ts';
import type { Messaging } from './start-messaging.ts';
import type { SigningKeys } from './tokens/signing-keys.ts';
import type { Caller, Tokens } from './tokens/tokens.ts';

export interface AzureOptions {
  /** Folder of the certificate authority; made if absent. */
  readonly stateDirectory: string;
  readonly clock?: Clock;
  readonly tokenLifetimeSeconds?: number;
  /** Azure's own limits, off by default; `{ resourceManager: {}, identity: {} }` has the documented sizes. */
  readonly limits?: LimitOrder;
  /** Of the same tenant, beside the embedded one; the deployer is Owner of each. Default: none. */
  readonly otherSubscriptions?: readonly Subscription[];
  /** Delays of lists and of grants, off by default. */
  readonly behaviour?: BehaviourOrder;
  /** What the brokers keep on disk, found again by the next start. Default: a temporary one, removed by `stop`. */
  readonly messageDirectory?: string;
  /** The files of SQL databases, found again by the next start. Default: a temporary folder, removed by `stop`. */
  readonly databaseDirectory?: string;
}

export interface LocalAzure {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly access: Access;
  readonly tokens: Tokens;
  /** The tenant's keys: `signingKeys.rotate()`. */
  readonly signingKeys: SigningKeys;
  /** How doors are told to misbehave. */
  readonly faults: FaultPlan;
  /** Azure's own limits: `limits.set({ resourceManager: {}, identity: {} })`, `limits.set({})`. */
  readonly limits: Limits;
  /** Token life, and how late lists and grants follow: `behaviour.set({ grantDelayMs: 600_000 })`. */
  readonly behaviour: Behaviour;
  /** Address and per-start secret of the control endpoint. */
  readonly controlEnvironment: Readonly<Record<string, string>>;
  readonly resourceManager: ResourceManager;
  /** The brokers' data planes, as ARM drives them. */
  readonly messaging: Omit<Messaging, 'open' | 'stop'>;
  /** Azure SQL's data plane, as ARM drives it. */
  readonly sql: SqlDataPlane;
  /** What virtual machines find on themselves: `machines.customDataOf(resourceId)`. */
  readonly machines: Machines;
  readonly certificateAuthority: CertificateAuthority;
  /** Production `name:port` → loopback port, for the redirect of a client process. */
  readonly redirect: Readonly<Record<string, number>>;
  readonly ports: Readonly<Partial<Record<Door, number>>>;
  /** The person who deploys, as ARM sees them. */
  readonly deployer: Caller;
  /** Resolves when blob storage answers; everything else does already. */
  readonly storageReady: Promise<void>;
  /**
   * From now on `address` (`http://127.0.0.1:7071`) is the program of this site or slot, which answers at its
   * `https://….azurewebsites.net`, behind App Service authentication. Returns the undo.
   */
  serveSite(siteId: string, address: string): () => void;
  /** Own template: `strict`. See `ResourceManager.deployments`. */
  deployments(strict: boolean): Deployments;
  /** IDENTITY_ENDPOINT, IDENTITY_HEADER …: what App Service puts into the environment of this app. */
  identityEnvironmentOf(resourceId: string): Record<string, string>;
  /** The old header is refused from now on. Returns the app's new environment, as `identityEnvironmentOf`. */
  rotateIdentityHeader(resourceId: string): Record<string, string>;
  /** For tokens issued from now on. Throws ServiceError 400 unless it is a whole number from 1. */
  setTokenLifetimeSeconds(seconds: number): void;
  /** Refuses connections at a door, and ends those that are open, until `openDoor`; its port stays the door's. */
  closeDoor(door: Door): Promise<void>;
  openDoor(door: Door): Promise<void>;
  /** Opens IMDS for one virtual machine (any resource with identities); gives its redirect entry. */
  startImds(resourceId: string): Promise<Readonly<Record<string, number>>>;
  stop(): Promise<void>;
}
