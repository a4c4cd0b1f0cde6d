import type { DatabaseSync } from 'node:sqlite';
import type { SqlValue } from '../../tds/sql-type.ts';
import type { StoredTable } from './catalogue-state.ts';
import { quoteIdentifier } from './names.ts';

const captureFunction = 'sql_capture_row';

/**
 * The row at which a statement fails: runs it again under a trigger that notes each row before it is written. The
 * last one noted is the one that failed. Undefined if the statement touched none.
 */
export function capturedRow(
  table: StoredTable,
  columns: readonly string[],
  database: DatabaseSync,
  retry: () => void,
): readonly SqlValue[] | undefined {
  let captured: readonly SqlValue[] | undefined;
  database.function(
    captureFunction,
    { varargs: true, useBigIntArguments: true },
    (...values: SqlValue[]) => {
      captured = values;
      return null;
    },
  );
  const storage = quoteIdentifier(table.storageName);
  const values = columns.map((name) => `NEW.${quoteIdentifier(name)}`).join(', ');
  database.exec('SAVEPOINT captured_row');
  try {
    for (const event of ['INSERT', 'UPDATE']) {
      database.exec(
        `CREATE TEMP TRIGGER "capture ${event}" BEFORE ${event} ON main.${storage} BEGIN SELECT ${captureFunction}(${values}); END`,
      );
    }
    retry();
  } catch {
    // It fails as before: what it was about to write is what is wanted.
  } finally {
    database.exec('ROLLBACK TO captured_row');
    database.exec('RELEASE captured_row');
  }
  return captured;
}
