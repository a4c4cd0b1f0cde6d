// One session's view of its database's catalogue: what is committed, and what its own transaction changed.
import type { DatabaseSync } from 'node:sqlite';
import type { Catalogue, CatalogueObject, Table } from './catalogue.ts';
import type { CatalogueParts, CatalogueState, StoredSchema } from './catalogue-state.ts';
import { type CatalogueStore, sqlDateTime, writeDifference } from './catalogue-store.ts';
import { foldName, objectKey } from './names.ts';

/**
 * Changes are made by the session that holds the database's write lock, inside of its transaction: with
 * `publish()` after COMMIT they are everybody's; after a rollback, `reload()` or `restore(mark)` forgets them.
 */
export class SessionCatalogue implements Catalogue {
  readonly store: CatalogueStore;
  readonly #database: DatabaseSync;
  #pending: CatalogueState | undefined;

  constructor(store: CatalogueStore, database: DatabaseSync) {
    this.store = store;
    this.#database = database;
  }

  get databaseName(): string {
    return this.store.databaseName;
  }

  get state(): CatalogueState {
    return this.#pending ?? this.store.committed;
  }

  get generation(): number {
    return this.state.generation;
  }

  /** Whether the open transaction changed the catalogue. */
  get isChanged(): boolean {
    return this.#pending !== undefined;
  }

  /** Now, as the catalogue's times are kept. */
  get now(): string {
    return sqlDateTime(this.store.clock);
  }

  /** Writes the change to the file, in the session's transaction. */
  change(changes: Partial<CatalogueParts>): void {
    const before = this.state;
    const after = this.store.next({ ...before, ...changes });
    writeDifference(this.#database, before, after);
    this.#pending = after;
  }

  /** After COMMIT. */
  publish(): void {
    if (this.#pending) this.store.publish(this.#pending);
    this.#pending = undefined;
  }

  /** The state to come back to with `restore`: of a savepoint, or of the start of a statement. */
  mark(): CatalogueState | undefined {
    return this.#pending;
  }

  /** After ROLLBACK TO the savepoint of which the mark is. */
  restore(mark: CatalogueState | undefined): void {
    if (this.#pending === mark) return;
    this.#pending = mark;
    this.#forgetSchema();
  }

  /** After ROLLBACK. */
  reload(): void {
    this.restore(undefined);
  }

  findObject(schema: string, name: string): CatalogueObject | undefined {
    const key = objectKey(schema, name);
    return this.state.objects.get(key) ?? this.store.systemViews.get(key);
  }

  findSchema(name: string): StoredSchema | undefined {
    return this.state.schemas.get(foldName(name));
  }

  listTables(): readonly Table[] {
    return [...this.state.objects.values()].filter((object) => object.kind === 'table');
  }

  /** SQLite does not notice that a schema written by `rewriteTable` was rolled back. */
  #forgetSchema(): void {
    this.#database.exec('PRAGMA writable_schema = RESET');
  }
}
