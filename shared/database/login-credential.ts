import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { timeLimited } from '../deadline.ts';
import { AppError } from '../errors.ts';

export const SQL_SCOPE = 'https://database.windows.net/.default';

/** Before the driver gives the login up, and blames the server. */
const TOKEN_MS = 2_500;

/**
 * For the driver, which asks for a token at each login: the app's shared one instead of a credential of its own for
 * each connection. The server names the audience; no other than the database's is asked for.
 */
export function loginCredential(credential: TokenCredential): TokenCredential {
  return {
    async getToken(scopes): Promise<AccessToken | null> {
      const asked = [scopes].flat().join(' ');
      if (asked.replace('.net//', '.net/') !== SQL_SCOPE) throw foreignAudience();
      try {
        return await timeLimited(TOKEN_MS, () => credential.getToken(SQL_SCOPE));
      } catch (error) {
        if (error instanceof AppError) throw error;
        throw tokenLate(error);
      }
    },
  };
}

function foreignAudience(): AppError {
  return new AppError({
    code: 'UNEXPECTED',
    target: 'database',
    message: 'The server asked for a token of another service; it was not given one.',
    nextStep: 'Nothing was given away. Find out who answers at SQL_SERVER.',
  });
}

function tokenLate(cause: unknown): AppError {
  return new AppError({
    code: 'IDENTITY_UNAVAILABLE',
    target: 'identity',
    message: 'The token for the database did not come in time.',
    nextStep: 'Try again; if it persists, ask GET /api/diagnose.',
    cause,
  });
}
