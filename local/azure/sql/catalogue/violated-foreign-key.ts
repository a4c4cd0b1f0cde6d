import type { SqlError } from '../../tds/sql-error.ts';
import type { StoredTable } from './catalogue-state.ts';
import type { Violation } from './explain-violation.ts';
import { quoteIdentifier } from './names.ts';
import { foreignKeyConflict, referenceConflict } from './violation-errors.ts';

/**
 * SQLite tells that a foreign key failed, not which: the statement runs again with the check put off, and the
 * orphans that it leaves are looked for. The table written by an INSERT or UPDATE that refers to nothing is the
 * referring one; of a DELETE, or of an UPDATE of the key, the referred one.
 */
export function violatedForeignKey(violation: Violation): SqlError | undefined {
  const { database, retry, catalogue, statement } = violation;
  database.exec('SAVEPOINT violated_key');
  try {
    database.exec('PRAGMA defer_foreign_keys = ON');
    const written = writtenTables(violation, retry);
    for (const object of catalogue.state.objects.values()) {
      if (object.kind !== 'table' || object.foreignKeys.length === 0) continue;
      const orphan = database
        .prepare(`PRAGMA foreign_key_check(${quoteIdentifier(object.storageName)})`)
        .get();
      if (!orphan) continue;
      // SQLite counts foreign keys from the last one declared.
      const index = object.foreignKeys.length - 1 - Number(orphan.fkid);
      const foreignKey = object.foreignKeys[index];
      if (!foreignKey) continue;
      const refers = statement !== 'DELETE' && written.includes(object.storageName);
      const conflict = refers ? foreignKeyConflict : referenceConflict;
      return conflict(statement, foreignKey, object, catalogue.databaseName);
    }
    return undefined;
  } finally {
    database.exec('ROLLBACK TO violated_key');
    database.exec('RELEASE violated_key');
    database.exec('PRAGMA defer_foreign_keys = OFF');
  }
}

/** Which of the tables with foreign keys the statement wrote rows of. */
function writtenTables(
  { database, catalogue }: Violation,
  retry: () => void,
): readonly StoredTable['storageName'][] {
  const written = new Set<string>();
  const note = 'sql_note_table';
  database.function(note, (name) => {
    written.add(String(name));
    return null;
  });
  for (const object of catalogue.state.objects.values()) {
    if (object.kind !== 'table' || object.foreignKeys.length === 0) continue;
    for (const event of ['INSERT', 'UPDATE']) {
      database.exec(
        `CREATE TEMP TRIGGER "note ${event} ${object.storageName}" BEFORE ${event} ON main.${quoteIdentifier(object.storageName)} BEGIN SELECT ${note}('${object.storageName}'); END`,
      );
    }
  }
  retry();
  return [...written];
}
