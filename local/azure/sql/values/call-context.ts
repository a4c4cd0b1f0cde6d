import type { SqlValue } from '../../tds/sql-type.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { SecurityContext } from '../security/security-context.ts';

/** What functions of SQLite's ask the session while a statement runs. One object for a connection; its values move. */
export interface CallContext {
  readonly catalogue: Catalogue;
  readonly security: SecurityContext;
  readonly serverName: string;
  readonly applicationName: string;
  /**
   * As stored: `#datetime`, `#datetime2`, `#datetimeoffset`, `#date` (one time for the whole statement), `#login`,
   * `#original_login`, `#user`, `#app`, `#host`, `#timezone`, `#scope_identity`, `#xact_state`, `#error_number`,
   * `#error_message`, `#error_severity`, `#error_state`, `#error_line`, `#error_procedure`, `@@rowcount` and the like.
   */
  value(name: string): SqlValue;
  /** The next value of a table's identity column. */
  nextIdentity(schema: string, table: string): bigint;
}
