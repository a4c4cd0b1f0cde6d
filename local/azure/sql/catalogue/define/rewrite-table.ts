import type { StoredTable } from '../catalogue-state.ts';
import { tableSql } from '../table-sql.ts';
import { type DefinitionContext, findTable } from './definition-context.ts';

/**
 * Gives SQLite another definition of a table whose rows stay as they are: NOT NULL, CHECK, foreign keys, generated
 * columns. Source: https://www.sqlite.org/lang_altertable.html#otheralter, the procedure for changes that do not
 * affect the content. The caller has checked that the rows fit.
 */
export function rewriteTable(table: StoredTable, context: DefinitionContext): void {
  const { database, rules } = context;
  const sql = tableSql(table, rules, (...names) => findTable(context, ...names));
  const version = database.prepare('PRAGMA schema_version').get()?.schema_version;
  database.enableDefensive(false);
  try {
    database.exec('PRAGMA writable_schema = ON');
    database
      .prepare("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?")
      .run(sql, table.storageName);
    database.exec(`PRAGMA schema_version = ${Number(version) + 1}`);
  } finally {
    // Off again, and the definition is read anew.
    database.exec('PRAGMA writable_schema = RESET');
    database.enableDefensive(true);
  }
}
