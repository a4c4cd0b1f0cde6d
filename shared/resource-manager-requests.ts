// For the calls to Resource Manager that need no SDK.
import type { TokenCredential } from '@azure/core-auth';
import { createSendWithToken, refusedWith, type TokenRequest } from './token-requests.ts';

const RULES = {
  target: 'resource-manager',
  hosts: ['management.azure.com'],
  attemptMs: 10_000,
} as const;

/** Each resolves to the JSON text of a 200. Throws RestError, as the SDKs do. */
export interface Requests {
  get(address: string): Promise<string>;
  post(address: string, body: unknown): Promise<string>;
}

export function createRequests(credential: TokenCredential, scope: string): Requests {
  const sendWithToken = createSendWithToken(RULES, credential, scope);
  const send = async (request: TokenRequest) => {
    const response = await sendWithToken(request);
    if (response.status === 200) return response.bodyAsText ?? '';
    throw await refusedWith(response);
  };
  return {
    get: (url) => send({ method: 'GET', url }),
    post: (url, body) => send({ method: 'POST', url, body: JSON.stringify(body) }),
  };
}
