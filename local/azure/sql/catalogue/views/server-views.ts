// What reaches past one database: sys.databases, sys.firewall_rules, sessions and connections.
import type { SqlValue } from '../../../tds/sql-type.ts';
import type { DatabaseSecurityContext } from '../../security/database-security-context.ts';
import { databasePlace } from '../../security/permissions/securable-place.ts';
import type { SystemView } from '../catalogue.ts';
import { defineView } from './define-view.ts';

/** What the engine knows of the server and its sessions. Times as `datetime` holds them, UTC. */
export interface ServerFacts {
  readonly databaseName: string;
  listDatabases(): readonly {
    readonly databaseId: number;
    readonly name: string;
    readonly collation: string;
    readonly createdAt: string;
  }[];
  firewallRules(): readonly {
    readonly name: string;
    readonly startIpAddress: string;
    readonly endIpAddress: string;
  }[];
  listSessions(): readonly SessionFacts[];
}

export interface SessionFacts {
  readonly sessionId: number;
  readonly databaseId: number;
  readonly loginName: string;
  readonly hostName: string;
  readonly programName: string;
  readonly clientAddress: string;
  readonly loginTime: string;
  readonly isRunning: boolean;
  readonly openTransactions: number;
  /** Whether it is the session that asks. */
  readonly isOwn: boolean;
}

export function serverViews(facts: ServerFacts): readonly SystemView[] {
  const views = [databasesView(facts), sessionsView(facts), connectionsView(facts)];
  return facts.databaseName.toLowerCase() === 'master'
    ? [...views, firewallRulesView(facts)]
    : views;
}

/**
 * Azure: a user database shows itself and master, master shows all.
 * Source: https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-databases-transact-sql
 */
function databasesView({ listDatabases, databaseName }: ServerFacts): SystemView {
  return defineView(
    'sys',
    'databases',
    {
      name: 'sysname',
      database_id: 'int',
      create_date: 'datetime',
      compatibility_level: 'tinyint',
      collation_name: 'sysname?',
      user_access_desc: 'nvarchar(60)?',
      is_read_only: 'bit?',
      state: 'tinyint?',
      state_desc: 'nvarchar(60)?',
      snapshot_isolation_state: 'tinyint?',
      is_read_committed_snapshot_on: 'bit?',
      recovery_model_desc: 'nvarchar(60)?',
      is_encrypted: 'bit?',
    },
    () =>
      listDatabases()
        .filter(
          ({ name }) =>
            ['master', name.toLowerCase()].includes(databaseName.toLowerCase()) ||
            name === 'master',
        )
        .map((database) => ({
          name: database.name,
          database_id: database.databaseId,
          create_date: database.createdAt,
          compatibility_level: 170,
          collation_name: database.collation,
          user_access_desc: 'MULTI_USER',
          is_read_only: 0,
          state: 0,
          state_desc: 'ONLINE',
          snapshot_isolation_state: 1,
          is_read_committed_snapshot_on: 1,
          recovery_model_desc: 'FULL',
          is_encrypted: 1,
        })),
  );
}

function firewallRulesView({ firewallRules }: ServerFacts): SystemView {
  return defineView(
    'sys',
    'firewall_rules',
    {
      id: 'int',
      name: 'nvarchar(128)',
      start_ip_address: 'varchar(45)',
      end_ip_address: 'varchar(45)',
    },
    ({ security }) =>
      security.rights.has('CONTROL', databasePlace)
        ? firewallRules().map((rule, index) => ({
            id: index + 1,
            name: rule.name,
            start_ip_address: rule.startIpAddress,
            end_ip_address: rule.endIpAddress,
          }))
        : [],
  );
}

/**
 * Azure: one's own session, and all with VIEW DATABASE STATE.
 * Source: https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-sessions-transact-sql
 */
function sessionsView({ listSessions }: ServerFacts): SystemView {
  return defineView(
    'sys',
    'dm_exec_sessions',
    {
      session_id: 'smallint',
      login_time: 'datetime',
      host_name: 'nvarchar(128)?',
      program_name: 'nvarchar(128)?',
      login_name: 'nvarchar(128)',
      status: 'nvarchar(30)',
      is_user_process: 'bit',
      original_login_name: 'nvarchar(128)',
      database_id: 'smallint',
      open_transaction_count: 'int',
      transaction_isolation_level: 'smallint',
    },
    ({ security }) =>
      visible(listSessions(), security).map((session) => ({
        session_id: session.sessionId,
        login_time: session.loginTime,
        host_name: session.hostName,
        program_name: session.programName,
        login_name: session.loginName,
        status: session.isRunning ? 'running' : 'sleeping',
        is_user_process: 1,
        original_login_name: session.loginName,
        database_id: session.databaseId,
        open_transaction_count: session.openTransactions,
        transaction_isolation_level: 2,
      })),
  );
}

function connectionsView({ listSessions }: ServerFacts): SystemView {
  return defineView(
    'sys',
    'dm_exec_connections',
    {
      session_id: 'int?',
      connect_time: 'datetime',
      net_transport: 'nvarchar(40)',
      protocol_type: 'nvarchar(40)?',
      encrypt_option: 'nvarchar(40)',
      auth_scheme: 'nvarchar(40)',
      client_net_address: 'varchar(48)?',
    },
    ({ security }) =>
      visible(listSessions(), security).map(
        (session): Record<string, SqlValue> => ({
          session_id: session.sessionId,
          connect_time: session.loginTime,
          net_transport: 'TCP',
          protocol_type: 'TSQL',
          encrypt_option: 'TRUE',
          auth_scheme: 'AAD',
          client_net_address: session.clientAddress,
        }),
      ),
  );
}

function visible(
  sessions: readonly SessionFacts[],
  { rights }: DatabaseSecurityContext,
): readonly SessionFacts[] {
  const seesAll = rights.has('VIEW DATABASE STATE', databasePlace);
  return seesAll ? sessions : sessions.filter(({ isOwn }) => isOwn);
}
