// The app's database module against the embedded Azure's own protocol door with a server that does as it is told.
import { after } from 'node:test';
import type { SqlError } from '../../../local/azure/tds/sql-error.ts';
import {
  type LoginRequest,
  type SqlBackend,
  SqlLoginError,
  type SqlSession,
} from '../../../local/azure/tds/sql-session.ts';
import { installRedirect } from '../../../local/redirect/redirect.ts';
import { createDatabase, type Database } from '../../../shared/database/database.ts';
import { SQL_SCOPE } from '../../../shared/database/login-credential.ts';
import { TokenCache } from '../../../shared/identity/token-cache.ts';
import { createScriptedBackend, GOOD_TOKEN } from '../../local/azure/tds/scripted-backend.ts';
import { useTdsDoor } from '../../local/azure/tds/use-tds-door.ts';
import { useCuttableLine } from './cuttable-line.ts';

export const SERVER = 'sql-test.database.windows.net';

export interface Script {
  /** What the next logins are refused with, one list of messages for each. */
  readonly refusedLogins: SqlError[][];
  /** What the next procedures and statements fail with; `kill`: the connection ends instead of an answer. */
  readonly failures: (SqlError | 'kill')[];
  isLoginSilent: boolean;
}

export async function useScriptedServer() {
  const script: Script = { refusedLogins: [], failures: [], isLoginSilent: false };
  const backend = createScriptedBackend();
  const door = await useTdsDoor({ backend: scripted(backend, script, () => line.cut()) });
  const line = await useCuttableLine(door.server.port);
  // The driver looks the name up by itself, and connects to the address.
  after(installRedirect({ '.database.windows.net:1433': line.port, '127.0.0.1:1433': line.port }));
  const opened: Database[] = [];
  after(() => Promise.all(opened.map((database) => database.close())));
  const requests: string[] = [];
  const token = async (scope: string) => {
    requests.push(scope);
    return { token: GOOD_TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 };
  };
  return {
    backend,
    script,
    line,
    tokenRequests: requests,
    open({ database = 'inventory', poolSize = 10, getToken = token } = {}): Database {
      const one = createDatabase(
        { server: SERVER, database, poolSize },
        new TokenCache(getToken),
        (scope) => (scope === SQL_SCOPE ? { oid: 'object-id', appid: 'client-id' } : undefined),
      );
      opened.push(one);
      return one;
    },
  };
}

function scripted(inner: SqlBackend, script: Script, kill: () => void): SqlBackend {
  return {
    federatedAuthentication: inner.federatedAuthentication,
    async login(request: LoginRequest, signal: AbortSignal) {
      if (script.isLoginSilent) await new Promise(() => {});
      const [first, ...more] = script.refusedLogins.shift() ?? [];
      if (first) throw new SqlLoginError([first, ...more]);
      return failing(await inner.login(request, signal), script, kill);
    },
  };
}

function failing(session: SqlSession, script: Script, kill: () => void): SqlSession {
  const next = async (): Promise<void> => {
    const failure = script.failures.shift();
    if (failure === 'kill') kill();
    else if (failure) throw failure;
  };
  return {
    ...session,
    async executeSql(...call) {
      await next();
      return session.executeSql(...call);
    },
    async executeProcedure(...call) {
      await next();
      return session.executeProcedure(...call);
    },
  };
}
