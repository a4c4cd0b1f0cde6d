// Names of three parts: a statement means its own database, or it is refused.
import { SqlError } from '../../tds/sql-error.ts';
import { sameName } from '../catalogue/names.ts';
import { otherDatabase } from '../compile/bind-error.ts';
import type { ObjectName } from '../tsql/ast/position.ts';
import type { Statement } from '../tsql/ast/statement.ts';

export type NamedObject = Pick<ObjectName, 'database' | 'schema' | 'name'>;

/** Throws SqlError 40515 for a name in another database. */
export function requireOwnDatabase(name: NamedObject, databaseName: string): void {
  const { database } = name;
  if (database !== undefined && !sameName(database, databaseName)) throw otherDatabase(name);
}

/** The same for all names of a statement that changes the catalogue. Throws SqlError 166, 40515. */
export function requireOwnNames(statement: Statement, databaseName: string): void {
  const module = modules[statement.kind];
  if (module === undefined) {
    for (const name of namesIn(statement)) requireOwnDatabase(name, databaseName);
    return;
  }
  // What is in a module means something when it runs.
  if (namesIn({ name: (statement as { name?: unknown }).name }).length === 0) return;
  throw new SqlError(
    166,
    `'CREATE/ALTER ${module}' does not allow specifying the database name as a prefix to the object name.`,
    15,
  );
}

const modules: Readonly<Partial<Record<Statement['kind'], string>>> = {
  createProcedure: 'PROCEDURE',
  createView: 'VIEW',
};

/** Those that name a database. */
function namesIn(tree: unknown): readonly NamedObject[] {
  if (typeof tree !== 'object' || tree === null || tree instanceof Uint8Array) return [];
  const inside = Object.values(tree).flatMap(namesIn);
  return typeof (tree as NamedObject).database === 'string'
    ? [tree as NamedObject, ...inside]
    : inside;
}
