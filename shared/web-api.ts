import type { TokenCredential } from '@azure/core-auth';
import { type Operation, operations } from './operations.ts';
import { redirectedByWebApi } from './refusals/refused-by-web-api.ts';
import { toAppError } from './to-app-error.ts';
import { createSendWithToken, refusedWith } from './token-requests.ts';

const ATTEMPT_MS = 3_500;

/** All that the app tells of an answer: not its text, which may hold anything. */
export interface WebApiAnswer {
  /** The API's address. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string | undefined;
  /** Length of the body in UTF-16 units. */
  readonly length: number;
}

export interface WebApi {
  /** GET of the API's address. Throws AppError. */
  call(): Promise<WebApiAnswer>;
  /** The same, as a harmless call: a GET changes nothing. Throws AppError. */
  probe(): Promise<Operation>;
}

/** Any API that takes Entra's tokens: its address, and the scope (`<resource>/.default`) that a token is asked for. */
export function createWebApi(
  { url, scope }: { readonly url: URL; readonly scope: string },
  credential: TokenCredential,
  principalIdInHand: (tokenScope: string) => string | undefined,
): WebApi {
  const rules = { target: 'web-api', hosts: [url.hostname], attemptMs: ATTEMPT_MS } as const;
  const send = createSendWithToken(rules, credential, scope);
  const operation = operations.callWebApi(url.href);
  const call = async (): Promise<WebApiAnswer> => {
    try {
      const response = await send({ method: 'GET', url: url.href });
      const { status } = response;
      if (status >= 300 && status < 400) throw redirectedByWebApi(operation, status);
      if (status < 200 || status >= 300) throw await refusedWith(response);
      return {
        url: url.href,
        status,
        contentType: response.headers.get('content-type'),
        length: response.bodyAsText?.length ?? 0,
      };
    } catch (error) {
      throw toAppError(error, operation, principalIdInHand(scope));
    }
  };
  return {
    call,
    async probe() {
      await call();
      return operation;
    },
  };
}
