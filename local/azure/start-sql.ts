// Azure SQL: the port of TDS, the servers and databases behind it. The engine is loaded with its first server or
// connection.
import type { Clock } from './clock.ts';
import type { Directory } from './directory.ts';
import { isHostOf } from './doors.ts';
import type { FaultPlan } from './faults/fault-plan.ts';
import type { TlsIdentity } from './http/server.ts';
import type { Journal } from './journal.ts';
import { keptDirectory } from './kept-directory.ts';
import type { OpenDoors } from './open-doors.ts';
import type { SqlDataPlane } from './providers/provider.ts';
import type { Sql } from './sql/run/create-sql.ts';
import { createTdsDoor } from './tds/tds-door.ts';
import type { Tokens } from './tokens/tokens.ts';

export interface SqlServiceParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly faults: FaultPlan;
  /** The databases' files, for the next process too; absent: kept until `stop`. */
  readonly databaseDirectory?: string;
  /** Whether a serverless database sleeps: its logins are refused with 40613. */
  readonly isPaused: (databaseResourceId: string) => boolean;
}

export interface SqlService {
  readonly dataPlane: SqlDataPlane;
  /** Listens on a free loopback port. */
  open(doors: OpenDoors, tls: TlsIdentity): Promise<void>;
  /** Ends all sessions; the doors are closed by then. */
  stop(): void;
}

export function createSqlService(parts: SqlServiceParts): SqlService {
  const { journal, faults } = parts;
  const kept = keptDirectory(parts.databaseDirectory, 'local-azure-databases-');
  let loading: Promise<Sql> | undefined;
  let loaded: Sql | undefined;
  const load = () => {
    loading ??= import('./sql/run/create-sql.ts').then(({ createSql }) => {
      loaded = createSql({ ...parts, databaseDirectory: () => kept.path() });
      return loaded;
    });
    return loading;
  };
  const door = createTdsDoor({
    backend: async () => (await load()).backend,
    journal,
    faults: faults.at('sql'),
    // Clients that are given an address instead of a redirect connect to `localhost`.
    isOwnHost: (host) => isHostOf('sql', host) || host === 'localhost',
  });
  return {
    dataPlane: lazyDataPlane(load, () => loaded?.dataPlane),
    async open(doors, tls) {
      doors.add('sql', await door.startTls(tls));
    },
    stop() {
      loaded?.stop();
      kept.remove();
    },
  };
}

/** What is no promise in the contract comes after a server was put. */
function lazyDataPlane(
  load: () => Promise<Sql>,
  loaded: () => SqlDataPlane | undefined,
): SqlDataPlane {
  const plane = async () => loaded() ?? (await load()).dataPlane;
  return {
    putServer: async (server) => (await plane()).putServer(server),
    removeServer: async (name) => loaded()?.removeServer(name),
    isServerNameTaken: (name) => loaded()?.isServerNameTaken(name) ?? false,
    putDatabase: async (database) => (await plane()).putDatabase(database),
    removeDatabase: async (...names) => loaded()?.removeDatabase(...names),
    putFirewallRule: (rule) => loaded()?.putFirewallRule(rule),
    removeFirewallRule: (...names) => loaded()?.removeFirewallRule(...names),
    runScript: async (script) => (await plane()).runScript(script),
  };
}
