// What the next row of a table gets in its IDENTITY column.
import type { DatabaseSync } from 'node:sqlite';
import type { StoredTable } from './catalogue-state.ts';
import { quoteIdentifier } from './names.ts';

/**
 * Shared by the sessions of a database, and not rolled back: a value that was given out is not given again.
 * Pretend: after a restart counting goes on behind the furthest value in the table, as nothing else is kept of it.
 */
export class IdentityValues {
  /** Last value by object id. */
  readonly #last = new Map<number, bigint>();

  /** The value for one more row. Throws TypeError for a table without an IDENTITY column. */
  next(table: StoredTable, database: DatabaseSync): bigint {
    const { seed, increment } = identityOf(table);
    const last = this.#last.get(table.objectId) ?? furthest(table, database);
    const value = last === undefined ? BigInt(seed) : last + BigInt(increment);
    this.#last.set(table.objectId, value);
    return value;
  }

  /** `IDENT_CURRENT`: the last value; undefined before the first row. */
  last(table: StoredTable, database: DatabaseSync): bigint | undefined {
    return this.#last.get(table.objectId) ?? furthest(table, database);
  }

  /** A value of the caller's, under IDENTITY_INSERT: counting goes on behind it if it is further. */
  note(table: StoredTable, value: bigint, database: DatabaseSync): void {
    const last = this.last(table, database);
    const isUp = identityOf(table).increment > 0;
    if (last === undefined || (isUp ? value > last : value < last)) {
      this.#last.set(table.objectId, value);
    }
  }

  /** TRUNCATE TABLE: counting begins at the seed again. */
  forget(table: StoredTable): void {
    this.#last.delete(table.objectId);
  }
}

function identityOf(table: StoredTable) {
  const column = table.columns.find(({ identitySeed }) => identitySeed !== undefined);
  if (!column?.identitySeed) throw new TypeError(`${table.name} has no IDENTITY column.`);
  return { name: column.name, ...column.identitySeed };
}

function furthest(table: StoredTable, database: DatabaseSync): bigint | undefined {
  const { name, increment } = identityOf(table);
  const query = database.prepare(
    `SELECT ${increment > 0 ? 'max' : 'min'}(CAST(${quoteIdentifier(name)} AS INTEGER)) AS value FROM ${quoteIdentifier(table.storageName)}`,
  );
  query.setReadBigInts(true);
  const value = query.get()?.value;
  return typeof value === 'bigint' ? value : undefined;
}
