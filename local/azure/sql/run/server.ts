// The logical servers that ARM made, and the databases on them.
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { SqlDatabaseSettings, SqlServerSettings } from '../../providers/provider.ts';
import { sqlDateTime } from '../catalogue/catalogue-store.ts';
import { DEFAULT_COLLATION } from '../catalogue/default-collation.ts';
import { foldName } from '../catalogue/names.ts';
import type { ServerFacts, SessionFacts } from '../catalogue/views/server-views.ts';
import type { FirewallRule, LoginServer } from '../security/login/login-server.ts';
import { DatabaseFile } from './database-file.ts';

export interface ServerParts {
  readonly clock: Clock;
  /** Folder of the databases' files. */
  readonly directory: () => string;
  readonly isPaused: (databaseResourceId: string) => boolean;
  readonly listSessions: (serverName: string) => readonly SessionFacts[];
}

const MASTER_ID = 1;
const MASTER_BYTES = 30 * 1024 ** 3;

export class Server implements LoginServer {
  settings: SqlServerSettings;
  readonly #parts: ServerParts;
  readonly #rules = new Map<string, FirewallRule>();
  readonly #databases = new Map<string, DatabaseFile>();
  #lastDatabaseId = 4;

  constructor(settings: SqlServerSettings, parts: ServerParts) {
    this.settings = settings;
    this.#parts = parts;
    this.#add(
      {
        name: 'master',
        resourceId: `${settings.resourceId}/databases/master`,
        collation: DEFAULT_COLLATION,
        maxSizeBytes: MASTER_BYTES,
      },
      MASTER_ID,
    );
  }

  get firewallRules(): readonly FirewallRule[] {
    return [...this.#rules.values()];
  }

  findDatabase(name: string): DatabaseFile | undefined {
    return this.#databases.get(foldName(name));
  }

  putDatabase(settings: SqlDatabaseSettings): void {
    const known = this.findDatabase(settings.name);
    if (known) known.maxSizeBytes = settings.maxSizeBytes;
    else this.#add(settings, ++this.#lastDatabaseId);
  }

  removeDatabase(name: string): void {
    this.findDatabase(name)?.remove();
    this.#databases.delete(foldName(name));
  }

  putRule(rule: FirewallRule): void {
    this.#rules.set(foldName(rule.name), rule);
  }

  removeRule(name: string): void {
    this.#rules.delete(foldName(name));
  }

  close(): void {
    for (const file of this.#databases.values()) file.close();
  }

  remove(): void {
    for (const file of this.#databases.values()) file.remove();
  }

  #add(
    settings: Omit<SqlDatabaseSettings, 'serverName' | 'isServerless'>,
    databaseId: number,
  ): void {
    const { name, resourceId, collation, maxSizeBytes } = settings;
    const { clock, directory, isPaused } = this.#parts;
    const [serverFolder, fileName] = [this.settings.name, `${name}.sqlite`].map((part) =>
      encodeURIComponent(foldName(part)),
    ) as [string, string];
    const file = new DatabaseFile({
      ...{ name, resourceId, databaseId, collation, maxSizeBytes, clock },
      path: () => join(directory(), serverFolder, fileName),
      facts: this.#factsFor(name),
      isPaused: () => isPaused(resourceId),
    });
    this.#databases.set(foldName(name), file);
  }

  #factsFor(databaseName: string): ServerFacts {
    return {
      databaseName,
      listDatabases: () =>
        [...this.#databases.values()].map((file) => ({
          databaseId: file.databaseId,
          name: file.name,
          collation: file.collation,
          createdAt: sqlDateTime({ ...this.#parts.clock, nowMs: () => file.createdAtMs }),
        })),
      firewallRules: () => this.firewallRules,
      listSessions: () => this.#parts.listSessions(this.settings.name),
    };
  }
}
