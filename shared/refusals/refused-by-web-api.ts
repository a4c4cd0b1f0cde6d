import { AppError } from '../errors.ts';
import type { Operation } from '../operations.ts';
import { accessDenied } from './access-denied.ts';
import type { RefusedBy } from './refused-by.ts';

/** What an API of anyone's making means by its status: there is no body that all of them have. */
export const refusedByWebApi: RefusedBy = ({ status }, { operation, principalId, cause }) => {
  const facts = { target: operation.target, status, cause };
  if (status === 401) {
    return new AppError({
      ...facts,
      code: 'ACCESS_DENIED',
      message: `${operation.scope} did not accept the app's token.`,
      nextStep:
        "Compare audience and issuer of the token (GET /api/diagnose shows them) with what the API accepts: WEB_API_SCOPE names the API's own application, and a v1 token has another issuer than a v2 one.",
    });
  }
  if (status === 403) {
    return accessDenied(
      operation,
      {},
      { principalId, cause },
      'The API knows the caller and does not let it in: add this principal id (not the client id) to its allowed principals, or give it an app role of the API. A token is kept for up to 24 hours, and roles are in it.',
    );
  }
  if (status !== 404) return undefined;
  return new AppError({
    ...facts,
    code: 'NOT_FOUND',
    message: `There is nothing at ${operation.scope}.`,
    nextStep: 'Correct WEB_API_URL.',
  });
};

/** Azure: App Service sends who is not signed in to a login page, if it is told to. No token follows there. */
export function redirectedByWebApi({ scope, target }: Operation, status: number): AppError {
  return new AppError({
    code: 'ACCESS_DENIED',
    target,
    message: `${scope} answered ${status} and points elsewhere, as to a person who has to sign in.`,
    nextStep:
      "It did not accept the app's token, or is at another address: let it answer 401 instead (unauthenticatedClientAction Return401) to know, and correct WEB_API_SCOPE or WEB_API_URL.",
    status,
  });
}
