// For the one call to Resource Manager that needs no SDK: the pipeline of the SDKs, with the same policies.
import type { TokenCredential } from '@azure/core-auth';
import type { Pipeline } from '@azure/core-rest-pipeline';
import { azureCallPolicies } from './azure-call-policy.ts';
import { once } from './credential.ts';

const RULES = {
  target: 'resource-manager',
  hosts: ['management.azure.com'],
  attemptMs: 10_000,
} as const;

/** Posts JSON and resolves to the JSON text of a 200. Throws RestError, as the SDKs do. */
export type Post = (address: string, body: unknown) => Promise<string>;

export function createPost(credential: TokenCredential, scope: string): Post {
  const pipeline = once(() => createPipeline(credential, scope));
  return async (url, body) => {
    const { createDefaultHttpClient, createHttpHeaders, createPipelineRequest, RestError } =
      await import('@azure/core-rest-pipeline');
    const request = createPipelineRequest({
      url,
      method: 'POST',
      headers: createHttpHeaders({ 'Content-Type': 'application/json' }),
      body: JSON.stringify(body),
    });
    const response = await (await pipeline()).sendRequest(createDefaultHttpClient(), request);
    if (response.status === 200) return response.bodyAsText ?? '';
    // Without the answer's own text, which toAppError reads itself.
    throw new RestError('refused', { statusCode: response.status, request, response });
  };
}

async function createPipeline(credential: TokenCredential, scope: string): Promise<Pipeline> {
  const { bearerTokenAuthenticationPolicy, createPipelineFromOptions } = await import(
    '@azure/core-rest-pipeline'
  );
  const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 0 } });
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: scope }));
  for (const { policy, position } of azureCallPolicies(RULES)) {
    pipeline.addPolicy(policy, position === 'perRetry' ? { afterPhase: 'Sign' } : {});
  }
  return pipeline;
}
