// For the calls to Resource Manager that need no SDK.
import type { TokenCredential } from '@azure/core-auth';
import { once } from './credential.ts';
import { createTokenPipeline } from './token-pipeline.ts';

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
  const pipeline = once(() => createTokenPipeline(RULES, credential, scope));
  const send = async (method: 'GET' | 'POST', url: string, body?: string) => {
    const { createDefaultHttpClient, createHttpHeaders, createPipelineRequest, RestError } =
      await import('@azure/core-rest-pipeline');
    const request = createPipelineRequest({
      url,
      method,
      ...(body !== undefined && {
        headers: createHttpHeaders({ 'Content-Type': 'application/json' }),
        body,
      }),
    });
    const response = await (await pipeline()).sendRequest(createDefaultHttpClient(), request);
    if (response.status === 200) return response.bodyAsText ?? '';
    // Without the answer's own text, which toAppError reads itself.
    throw new RestError('refused', { statusCode: response.status, request, response });
  };
  return {
    get: (address) => send('GET', address),
    post: (address, body) => send('POST', address, JSON.stringify(body)),
  };
}
