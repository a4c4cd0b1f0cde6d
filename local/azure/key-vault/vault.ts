import type { Clock } from '../clock.ts';
import type { VaultDataPlane } from '../providers/provider.ts';
import {
  deletedButRecoverable,
  deletedSecretNotFound,
  purgeProtected,
  secretNotFound,
} from './errors.ts';
import { type SecretChanges, type SecretContent, SecretVersion } from './secret-version.ts';

export type VaultSettings = Parameters<VaultDataPlane['putVault']>[0];

export interface Secret {
  /** As first written; compared without regard to case. */
  readonly name: string;
  /** Oldest first, never empty. */
  readonly versions: readonly SecretVersion[];
}

export interface DeletedSecret extends Secret {
  /** Seconds since 1970. */
  readonly deletedDate: number;
  readonly scheduledPurgeDate: number;
}

const DAY_SECONDS = 24 * 3600;

/** One vault's secrets. Throws Key Vault's own refusals; rights are checked before. */
export class Vault {
  settings: VaultSettings;
  readonly #clock: Clock;
  readonly #secrets = new Map<string, Secret>();
  readonly #deleted = new Map<string, DeletedSecret>();

  constructor(settings: VaultSettings, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
  }

  /** Production address without a slash at the end. */
  get address(): string {
    return `https://${this.settings.name.toLowerCase()}.vault.azure.net`;
  }

  find(name: string): Secret | undefined {
    return this.#secrets.get(name.toLowerCase());
  }

  /** Throws SecretNotFound. */
  get(name: string): Secret {
    const secret = this.find(name);
    if (!secret) throw secretNotFound(name);
    return secret;
  }

  /** The latest version if none is named. Throws SecretNotFound. */
  getVersion(name: string, version?: string): SecretVersion {
    const { versions } = this.get(name);
    const found = version
      ? versions.find((candidate) => candidate.version === version.toLowerCase())
      : versions.at(-1);
    if (!found) throw secretNotFound(version ? `${name}/${version}` : name);
    return found;
  }

  /** Sorted by name. */
  list(): readonly Secret[] {
    return sortByName(this.#secrets);
  }

  /** Adds a version. Throws Conflict while a deleted secret holds the name. */
  set(name: string, content: SecretContent): SecretVersion {
    if (this.#findDeleted(name)) throw deletedButRecoverable(name);
    const version = SecretVersion.create(content, this.#nowSeconds());
    const existing = this.find(name);
    this.#secrets.set(name.toLowerCase(), {
      name: existing?.name ?? name,
      versions: [...(existing?.versions ?? []), version],
    });
    return version;
  }

  /** Changes properties of one version in place. Throws SecretNotFound. */
  update(name: string, version: string | undefined, changes: SecretChanges): SecretVersion {
    const old = this.getVersion(name, version);
    const changed = old.withChanges(changes, this.#nowSeconds());
    const secret = this.get(name);
    this.#secrets.set(name.toLowerCase(), {
      name: secret.name,
      versions: secret.versions.map((candidate) => (candidate === old ? changed : candidate)),
    });
    return changed;
  }

  /** Soft-deletes all versions. Throws SecretNotFound. */
  delete(name: string): DeletedSecret {
    const deletedDate = this.#nowSeconds();
    const retentionSeconds = this.settings.softDeleteRetentionInDays * DAY_SECONDS;
    const deleted = {
      ...this.get(name),
      deletedDate,
      scheduledPurgeDate: deletedDate + retentionSeconds,
    };
    this.#secrets.delete(name.toLowerCase());
    this.#deleted.set(name.toLowerCase(), deleted);
    return deleted;
  }

  /** Throws SecretNotFound. */
  getDeleted(name: string): DeletedSecret {
    const deleted = this.#findDeleted(name);
    if (!deleted) throw deletedSecretNotFound(name);
    return deleted;
  }

  listDeleted(): readonly DeletedSecret[] {
    return sortByName(this.#deleted).filter(({ name }) => this.#findDeleted(name));
  }

  /** Throws SecretNotFound. */
  recover(name: string): Secret {
    const { name: ownName, versions } = this.getDeleted(name);
    this.#deleted.delete(name.toLowerCase());
    const secret = { name: ownName, versions };
    this.#secrets.set(name.toLowerCase(), secret);
    return secret;
  }

  /** Throws SecretNotFound, or Forbidden under purge protection. */
  purge(name: string): void {
    this.getDeleted(name);
    if (this.settings.enablePurgeProtection) throw purgeProtected(this);
    this.#deleted.delete(name.toLowerCase());
  }

  /** Puts a backed-up secret back with its versions. */
  restore(secret: Secret): void {
    this.#secrets.set(secret.name.toLowerCase(), secret);
  }

  isNameTaken(name: string): boolean {
    return this.find(name) !== undefined || this.#findDeleted(name) !== undefined;
  }

  /** The service purges by itself when the retention period ends: seen here, the next time somebody looks. */
  #findDeleted(name: string): DeletedSecret | undefined {
    const deleted = this.#deleted.get(name.toLowerCase());
    if (deleted && deleted.scheduledPurgeDate <= this.#nowSeconds()) {
      this.#deleted.delete(name.toLowerCase());
      return undefined;
    }
    return deleted;
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.nowMs() / 1000);
  }
}

function sortByName<T extends Secret>(secrets: ReadonlyMap<string, T>): T[] {
  return [...secrets.entries()]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, secret]) => secret);
}
