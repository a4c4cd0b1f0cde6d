// The catalogue of one database: kept in its file, read into memory once, shared by the sessions.
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../clock.ts';
import type { SystemView } from './catalogue.ts';
import type { CatalogueParts, CatalogueState } from './catalogue-state.ts';
import { IdentityValues } from './identity-values.ts';
import { initialState } from './initial-state.ts';

/** No user can make a schema `sys`, and no statement of a user passes the authorizer to it. */
const catalogueTable = 'sys.catalogue';

const parts = [
  'schemas',
  'objects',
  'principals',
  'memberships',
  'permissions',
  'counters',
] as const satisfies readonly (keyof CatalogueParts)[];

export interface CatalogueOptions {
  readonly databaseName: string;
  readonly clock: Clock;
  /** Views of `sys` and `INFORMATION_SCHEMA`, by `objectKey`. */
  readonly systemViews?: ReadonlyMap<string, SystemView>;
}

/** What is committed, for all sessions of the database. A session's own view of it: SessionCatalogue. */
export class CatalogueStore {
  readonly databaseName: string;
  readonly clock: Clock;
  readonly systemViews: ReadonlyMap<string, SystemView>;
  readonly identityValues = new IdentityValues();
  #committed: CatalogueState;
  #lastGeneration = 0;

  /**
   * Reads the catalogue, or makes it in a new file. `database` is any connection to it, outside of a
   * transaction; it is not kept.
   */
  constructor(database: DatabaseSync, options: CatalogueOptions) {
    this.databaseName = options.databaseName;
    this.clock = options.clock;
    this.systemViews = options.systemViews ?? new Map();
    database.exec(
      `CREATE TABLE IF NOT EXISTS "${catalogueTable}" (part TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (part, key)) WITHOUT ROWID`,
    );
    this.#committed = this.read(database);
    if (this.#committed.schemas.size > 0) return;
    const initial = initialState(sqlDateTime(this.clock));
    database.exec('BEGIN IMMEDIATE');
    writeDifference(database, this.#committed, initial);
    database.exec('COMMIT');
    this.#committed = this.next(initial);
  }

  get committed(): CatalogueState {
    return this.#committed;
  }

  publish(state: CatalogueState): void {
    this.#committed = state;
  }

  next(state: CatalogueParts): CatalogueState {
    return { ...state, generation: ++this.#lastGeneration };
  }

  /** What the connection sees, its open transaction included. */
  read(database: DatabaseSync): CatalogueState {
    const maps: Record<(typeof parts)[number], Map<string, never>> = {
      schemas: new Map<string, never>(),
      objects: new Map<string, never>(),
      principals: new Map<string, never>(),
      memberships: new Map<string, never>(),
      permissions: new Map<string, never>(),
      counters: new Map<string, never>(),
    };
    const rows = database.prepare(`SELECT part, key, value FROM "${catalogueTable}"`).all();
    for (const { part, key, value } of rows) {
      // Our own table: what is in it was written by writeDifference.
      maps[part as (typeof parts)[number]].set(String(key), JSON.parse(String(value)) as never);
    }
    return this.next(maps);
  }
}

/** Writes what changed from one state to the other; values that are the same object are not looked at. */
export function writeDifference(
  database: DatabaseSync,
  before: CatalogueParts,
  after: CatalogueParts,
): void {
  const put = database.prepare(
    `INSERT OR REPLACE INTO "${catalogueTable}" (part, key, value) VALUES (?, ?, ?)`,
  );
  const remove = database.prepare(`DELETE FROM "${catalogueTable}" WHERE part = ? AND key = ?`);
  for (const part of parts) {
    if (before[part] === after[part]) continue;
    for (const [key, value] of after[part]) {
      if (before[part].get(key) !== value) put.run(part, key, JSON.stringify(value));
    }
    for (const key of before[part].keys()) if (!after[part].has(key)) remove.run(part, key);
  }
}

/** Now, as `datetime` holds it. */
export function sqlDateTime(clock: Clock): string {
  return new Date(clock.nowMs()).toISOString().replace('T', ' ').replace('Z', '');
}
