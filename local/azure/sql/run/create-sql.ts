// Azure SQL: what ARM makes, what clients log in to.
import type { Clock } from '../../clock.ts';
import type { Directory } from '../../directory.ts';
import type { Journal } from '../../journal.ts';
import type { SqlDataPlane } from '../../providers/provider.ts';
import type { SqlBackend } from '../../tds/sql-session.ts';
import type { Tokens } from '../../tokens/tokens.ts';
import { sqlDateTime } from '../catalogue/catalogue-store.ts';
import { foldName } from '../catalogue/names.ts';
import type { SessionFacts } from '../catalogue/views/server-views.ts';
import { logIn } from '../security/login/log-in.ts';
import { BatchParser } from './batch-parser.ts';
import type { DatabaseFile } from './database-file.ts';
import { runScript } from './run-script.ts';
import { Server } from './server.ts';
import { Session } from './session.ts';

export interface SqlParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly tokens: Tokens;
  /** Folder of the databases' files. */
  readonly databaseDirectory: () => string;
  /** A serverless database that sleeps, by its resource id. */
  readonly isPaused?: (databaseResourceId: string) => boolean;
}

export interface Sql {
  readonly backend: SqlBackend;
  readonly dataPlane: SqlDataPlane;
  /** Ends all sessions and closes the files. */
  stop(): void;
}

interface Open {
  readonly session: Session;
  readonly serverName: string;
  readonly facts: Omit<SessionFacts, 'isRunning' | 'openTransactions' | 'isOwn'>;
}

const FIRST_PROCESS_ID = 51;
const LAST_PROCESS_ID = 32_767;

export function createSql(parts: SqlParts): Sql {
  const { clock, journal, directory, tokens, isPaused = () => false } = parts;
  const servers = new Map<string, Server>();
  const open = new Map<number, Open>();
  const parser = new BatchParser();
  /** Whose statement runs at this moment. */
  let running: number | undefined;
  let lastProcessId = FIRST_PROCESS_ID - 1;

  const nextProcessId = () => {
    do lastProcessId = lastProcessId >= LAST_PROCESS_ID ? FIRST_PROCESS_ID : lastProcessId + 1;
    while (open.has(lastProcessId));
    return lastProcessId;
  };
  const listSessions = (serverName: string): readonly SessionFacts[] =>
    [...open.values()]
      .filter((each) => each.serverName === foldName(serverName))
      .map(({ session, facts }) => ({
        ...facts,
        isRunning: session.isRunning,
        openTransactions: session.openTransactions,
        isOwn: facts.sessionId === running,
      }));
  // Pretend: a client that is given `localhost` and a port means the server, where there is only one.
  const findServer = (name: string) => {
    const [only, ...others] = name === 'localhost' ? servers.values() : [];
    return servers.get(foldName(name)) ?? (others.length === 0 ? only : undefined);
  };
  const need = (name: string): Server => {
    const server = servers.get(foldName(name));
    if (!server) throw new Error(`there is no server ${name}`);
    return server;
  };

  const backend: SqlBackend = {
    federatedAuthentication: {
      stsUrl: `https://login.microsoftonline.com/${directory.tenantId}`,
      spn: 'https://database.windows.net/',
    },
    async login(request, signal) {
      const { server, database, identity } = await logIn(request, {
        ...{ findServer, tokens, directory, journal },
      });
      signal.throwIfAborted();
      const file = database as DatabaseFile;
      const processId = nextProcessId();
      const session = new Session({
        file,
        identity,
        directory,
        parser,
        clock,
        processId,
        serverName: server.settings.name,
        applicationName: request.applicationName,
        hostName: request.hostName,
        databaseId: file.databaseId,
        onStatement: () => {
          running = processId;
        },
        onClose: () => open.delete(processId),
      });
      open.set(processId, {
        session,
        serverName: foldName(server.settings.name),
        facts: {
          sessionId: processId,
          databaseId: file.databaseId,
          loginName: identity.loginName,
          hostName: request.hostName,
          programName: request.applicationName,
          clientAddress: request.clientAddress,
          loginTime: sqlDateTime(clock),
        },
      });
      return session;
    },
  };

  const dataPlane: SqlDataPlane = {
    putServer(settings) {
      const known = servers.get(foldName(settings.name));
      if (known) known.settings = settings;
      else {
        servers.set(
          foldName(settings.name),
          new Server(settings, {
            clock,
            directory: parts.databaseDirectory,
            isPaused,
            listSessions,
          }),
        );
      }
    },
    removeServer(name) {
      endSessions((each) => each.serverName === foldName(name));
      servers.get(foldName(name))?.remove();
      servers.delete(foldName(name));
    },
    isServerNameTaken: (name) => servers.has(foldName(name)),
    putDatabase: (database) => need(database.serverName).putDatabase(database),
    removeDatabase(serverName, databaseName) {
      const server = servers.get(foldName(serverName));
      const file = server?.findDatabase(databaseName);
      endSessions(
        (each) => each.serverName === foldName(serverName) && each.session.database === file?.name,
      );
      server?.removeDatabase(databaseName);
    },
    putFirewallRule: ({ serverName, ...rule }) => need(serverName).putRule(rule),
    removeFirewallRule: (serverName, name) => servers.get(foldName(serverName))?.removeRule(name),
    runScript: (script) => runScript(script, backend),
  };

  function endSessions(isMeant: (each: Open) => boolean): void {
    for (const each of [...open.values()]) if (isMeant(each)) each.session.close();
  }

  return {
    backend,
    dataPlane,
    stop() {
      endSessions(() => true);
      for (const server of servers.values()) server.close();
    },
  };
}
