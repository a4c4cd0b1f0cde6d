// Azure SQL: what ARM makes, what clients log in to.
import type { Clock } from '../../clock.ts';
import type { Directory } from '../../directory.ts';
import type { Journal } from '../../journal.ts';
import type { SqlDataPlane } from '../../providers/provider.ts';
import type { LoginRequest, SqlBackend } from '../../tds/sql-session.ts';
import type { Tokens } from '../../tokens/tokens.ts';
import { sqlDateTime } from '../catalogue/catalogue-store.ts';
import { logIn, type SqlLogin } from '../security/login/log-in.ts';
import { BatchParser } from './batch-parser.ts';
import type { DatabaseFile } from './database-file.ts';
import { OpenSessions } from './open-sessions.ts';
import { runScript } from './run-script.ts';
import { Servers } from './servers.ts';
import { Session } from './session.ts';

export interface SqlParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly tokens: Tokens;
  /** Folder of the databases' files. */
  readonly databaseDirectory: () => string;
  /** A serverless database that sleeps, by its resource id; absent: none does. */
  readonly isPaused?: (databaseResourceId: string) => boolean;
}

export interface Sql {
  readonly backend: SqlBackend;
  readonly dataPlane: SqlDataPlane;
  /** Ends all sessions and closes the files. */
  stop(): void;
}

export function createSql(parts: SqlParts): Sql {
  const { clock, directory, databaseDirectory, isPaused = () => false } = parts;
  const sessions = new OpenSessions();
  const listSessions = (serverName: string) => sessions.list(serverName);
  const serverParts = { clock, directory: databaseDirectory, isPaused, listSessions };
  const servers = new Servers(serverParts, sessions);
  const services = { ...parts, findServer: (name: string) => servers.find(name) };
  const parser = new BatchParser();
  const backend: SqlBackend = {
    federatedAuthentication: {
      stsUrl: `https://login.microsoftonline.com/${directory.tenantId}`,
      spn: 'https://database.windows.net/',
    },
    async login(request, signal) {
      const login = await logIn(request, services);
      signal.throwIfAborted();
      return openSession(request, login, { sessions, parser, clock, directory });
    },
  };
  return {
    backend,
    dataPlane: { ...servers.dataPlane(), runScript: (script) => runScript(script, backend) },
    stop() {
      sessions.endAll();
      servers.close();
    },
  };
}

interface SessionServices {
  readonly sessions: OpenSessions;
  readonly parser: BatchParser;
  readonly clock: Clock;
  readonly directory: Directory;
}

function openSession(
  { applicationName, hostName, clientAddress }: LoginRequest,
  { server, database, identity }: SqlLogin,
  { sessions, ...services }: SessionServices,
): Session {
  // Servers here have no other databases.
  const file = database as DatabaseFile;
  const { databaseId } = file;
  const serverName = server.settings.name;
  const processId = sessions.nextProcessId();
  const session = new Session({
    ...services,
    ...{ file, identity, processId, databaseId, serverName, applicationName, hostName },
    onStatement: () => sessions.note(processId),
    onClose: () => sessions.remove(processId),
  });
  const facts = {
    sessionId: processId,
    ...{ databaseId, hostName, clientAddress, programName: applicationName },
    loginName: identity.loginName,
    loginTime: sqlDateTime(services.clock),
  };
  sessions.add({ session, serverName, facts });
  return session;
}
