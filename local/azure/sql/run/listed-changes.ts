import type { DatabaseSync } from 'node:sqlite';
import type { CompiledStatement, CompiledStep } from '../compile/compiled.ts';

/** A statement of several steps, whole or not at all. Gives what `run` gives of the last, and the count of rows. */
export function runListed<T>(
  compiled: CompiledStatement & Required<Pick<CompiledStatement, 'listed'>>,
  database: DatabaseSync,
  run: { step(step: CompiledStep): number; last(): T },
): { readonly result: T; readonly count: number } {
  const { create, list, steps } = compiled.listed;
  database.exec(`SAVEPOINT listed; ${create}; DELETE FROM ${list}`);
  try {
    const [count = 0] = steps.map((step) => run.step(step));
    const result = run.last();
    database.exec('RELEASE listed');
    return { result, count };
  } catch (error) {
    // SQLite may have rolled back all of it itself.
    if (database.isTransaction) database.exec('ROLLBACK TO listed; RELEASE listed');
    throw error;
  }
}
