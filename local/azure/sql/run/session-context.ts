// What statements ask their session: CallContext over the session's state.

import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../clock.ts';
import type { SqlError } from '../../tds/sql-error.ts';
import type { SqlValue } from '../../tds/sql-type.ts';
import { dateText } from '../../tds/types/calendar.ts';
import { objectKey } from '../catalogue/names.ts';
import type { SessionCatalogue } from '../catalogue/session-catalogue.ts';
import type { DatabaseSecurityContext } from '../security/database-security-context.ts';
import type { CallContext } from '../values/call-context.ts';
import { momentOfMs, roundToDatetime, timeText } from '../values/moments.ts';

export interface SessionFacts {
  readonly clock: Clock;
  readonly serverName: string;
  readonly applicationName: string;
  readonly hostName: string;
  readonly processId: number;
  readonly databaseId: number;
  /** Told before each statement: what it asks of the server is asked by this session. */
  readonly onStatement: () => void;
}

const VERSION =
  'Microsoft SQL Azure (RTM) - 12.0.2000.8 - a local stand-in, no SQL Server: logins, rights and a subset of T-SQL';

/** One for a session; what moves is set before each statement. */
export class SessionContext implements CallContext {
  readonly catalogue: SessionCatalogue;
  readonly serverName: string;
  readonly applicationName: string;
  readonly #facts: SessionFacts;
  readonly #connection: DatabaseSync;
  #nowMs: number;
  security: DatabaseSecurityContext;
  rowCount = 0;
  lastError = 0;
  transactionCount = 0;
  transactionState = 0;
  nestLevel = 0;
  procedureId = 0;
  lockTimeoutMs = -1;
  /** `@@IDENTITY`. */
  identity: bigint | null = null;
  scopeIdentity: bigint | null = null;
  caught: SqlError | undefined;

  constructor(
    facts: SessionFacts,
    catalogue: SessionCatalogue,
    security: DatabaseSecurityContext,
    connection: DatabaseSync,
  ) {
    this.#facts = facts;
    this.catalogue = catalogue;
    this.security = security;
    this.serverName = facts.serverName;
    this.applicationName = facts.applicationName;
    this.#connection = connection;
    this.#nowMs = facts.clock.nowMs();
  }

  /** The time that all of the next statement sees. */
  beginStatement(): void {
    this.#nowMs = this.#facts.clock.nowMs();
    this.#facts.onStatement();
  }

  /** As of a session that has just begun. */
  reset(): void {
    this.rowCount = 0;
    this.lastError = 0;
    this.identity = null;
    this.scopeIdentity = null;
  }

  nextIdentity(schema: string, name: string): bigint {
    const table = this.catalogue.state.objects.get(objectKey(schema, name));
    if (table?.kind !== 'table') throw new Error(`there is no table ${schema}.${name}`);
    const value = this.catalogue.store.identityValues.next(table, this.#connection);
    this.identity = value;
    this.scopeIdentity = value;
    return value;
  }

  value(name: string): SqlValue {
    switch (name) {
      case '#datetime':
      case '#datetime2':
      case '#datetimeoffset':
      case '#date':
        return this.#now(name);
      case '#login':
        return this.security.loginName;
      case '#original_login':
        return this.security.originalLoginName;
      case '#user':
        return this.security.userName;
      case '#app':
        return this.applicationName;
      case '#host':
        return this.#facts.hostName;
      case '#timezone':
        return '(UTC) Coordinated Universal Time';
      case '#database_id':
        return this.#facts.databaseId;
      case '#scope_identity':
        return this.scopeIdentity === null ? null : String(this.scopeIdentity);
      case '@@identity':
        return this.identity === null ? null : String(this.identity);
      case '#xact_state':
        return this.transactionState;
      default:
        return name.startsWith('#error') ? this.#ofError(name) : this.#global(name);
    }
  }

  #ofError(name: string): SqlValue {
    const { caught } = this;
    if (!caught) return null;
    const parts: Readonly<Record<string, SqlValue | undefined>> = {
      '#error_number': caught.number,
      '#error_message': caught.message,
      '#error_severity': caught.class,
      '#error_state': caught.state,
      '#error_line': caught.line,
      '#error_procedure': caught.procedure,
    };
    return parts[name] ?? null;
  }

  #now(name: string): string {
    const { day, ticks } = momentOfMs(this.#nowMs);
    if (name === '#date') return dateText(day);
    if (name === '#datetime') {
      const rounded = roundToDatetime({ day, ticks });
      return `${dateText(rounded.day)} ${timeText(rounded.ticks, 3)}`;
    }
    const text = `${dateText(day)} ${timeText(ticks, 7)}`;
    return name === '#datetime2' ? text : `${text} +00:00`;
  }

  #global(name: string): SqlValue {
    const globals: Readonly<Record<string, SqlValue>> = {
      '@@rowcount': this.rowCount,
      '@@error': this.lastError,
      '@@trancount': this.transactionCount,
      '@@spid': this.#facts.processId,
      '@@version': VERSION,
      '@@servername': this.serverName,
      '@@servicename': 'MSSQLSERVER',
      '@@procid': this.procedureId,
      '@@nestlevel': this.nestLevel,
      '@@language': 'us_english',
      '@@langid': 0,
      '@@datefirst': 7,
      '@@lock_timeout': this.lockTimeoutMs,
      '@@max_precision': 38,
      '@@options': 5_432,
      '@@textsize': 2_147_483_647,
      '@@microsoftversion': 201_328_592,
    };
    return globals[name] ?? null;
  }
}
