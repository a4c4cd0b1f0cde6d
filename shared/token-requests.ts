import type { TokenCredential } from '@azure/core-auth';
import type { Pipeline, PipelineResponse } from '@azure/core-rest-pipeline';
import { azureCallPolicies, type CallRules } from './azure-call-policy.ts';
import { once } from './credential.ts';

/** What is asked of an address. `body`: JSON. */
export interface TokenRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: string;
}

/** Sends with a token, and resolves to the answer whatever its status. Throws RestError without an answer. */
export type SendWithToken = (request: TokenRequest) => Promise<PipelineResponse>;

/** For calls that need no SDK: the pipeline of the SDKs, with the same policies and a token for `scope`. */
export function createSendWithToken(
  rules: CallRules,
  credential: TokenCredential,
  scope: string,
): SendWithToken {
  const pipeline = once(() => createPipeline(rules, credential, scope));
  return async ({ method, url, body }) => {
    const { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } = await import(
      '@azure/core-rest-pipeline'
    );
    const request = createPipelineRequest({
      url,
      method,
      ...(body !== undefined && {
        headers: createHttpHeaders({ 'Content-Type': 'application/json' }),
        body,
      }),
    });
    return (await pipeline()).sendRequest(createDefaultHttpClient(), request);
  };
}

/** The answer as an SDK would throw it, without its own text, which toAppError reads itself. */
export async function refusedWith(response: PipelineResponse): Promise<Error> {
  const { RestError } = await import('@azure/core-rest-pipeline');
  const { status: statusCode, request } = response;
  return new RestError('refused', { statusCode, request, response });
}

/** A redirect is an answer like any other: the token is for nobody that a target points to. */
async function createPipeline(
  rules: CallRules,
  credential: TokenCredential,
  scope: string,
): Promise<Pipeline> {
  const { bearerTokenAuthenticationPolicy, createPipelineFromOptions, redirectPolicyName } =
    await import('@azure/core-rest-pipeline');
  const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 0 } });
  pipeline.removePolicy({ name: redirectPolicyName });
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: scope }));
  for (const { policy, position } of azureCallPolicies(rules)) {
    pipeline.addPolicy(policy, position === 'perRetry' ? { afterPhase: 'Sign' } : {});
  }
  return pipeline;
}
