// Batches of a deployment script: by the same login and session as any client's.
import type { SqlDataPlane } from '../../providers/provider.ts';
import type { SqlMessage } from '../../tds/sql-error.ts';
import { type ResultSink, type SqlBackend, SqlLoginError } from '../../tds/sql-session.ts';

/** Throws Error at the first error, with the message that SqlException would have. */
export async function runScript(
  { serverName, databaseName, accessToken, batches }: Parameters<SqlDataPlane['runScript']>[0],
  backend: SqlBackend,
): Promise<void> {
  const { signal } = new AbortController();
  const request = {
    serverName: `${serverName}.database.windows.net`,
    database: databaseName,
    credential: { kind: 'token', token: accessToken },
    applicationName: 'deployment script',
    hostName: 'localhost',
    clientAddress: '127.0.0.1',
  } as const;
  const session = await backend.login(request, signal).catch((error: unknown) => {
    throw error instanceof SqlLoginError
      ? new Error(error.messages.map(({ message }) => message).join('\n'))
      : error;
  });
  try {
    for (const batch of batches) {
      let failure: SqlMessage | undefined;
      await session.executeBatch(
        batch,
        quietSink((error) => {
          failure ??= error;
        }),
        signal,
      );
      if (failure) throw new Error(failure.message);
    }
  } finally {
    session.close();
  }
}

function quietSink(onError: (error: SqlMessage) => void): ResultSink {
  const nothing = () => {};
  return {
    columns: nothing,
    row: nothing,
    done: nothing,
    message: nothing,
    error: onError,
    returnValue: nothing,
    returnStatus: nothing,
    environment: nothing,
  };
}
