import type { TokenCredential } from '@azure/core-auth';
import type { Pipeline } from '@azure/core-rest-pipeline';
import { azureCallPolicies, type CallRules } from './azure-call-policy.ts';

/**
 * For calls that need no SDK: the pipeline of the SDKs, with the same policies and a token for `scope`. A redirect is
 * an answer like any other: the token is for nobody that a target points to.
 */
export async function createTokenPipeline(
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
