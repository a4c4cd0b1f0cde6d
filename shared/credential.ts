// The one credential of the process: every client takes it from here and nowhere else.
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { createIdentityHttpClient } from './identity/identity-exchange.ts';
import { noIdentityEndpoint, notSignedIn } from './identity/identity-unavailable.ts';
import { type LadderLimits, requestToken } from './identity/request-token.ts';
import { TokenCache, type TokenCacheOptions } from './identity/token-cache.ts';
import { type IdentitySetting, readIdentityEnvironment } from './settings.ts';

/**
 * A managed identity where the settings name one, else the developer's own sign-in; cached and shared per audience.
 * Its `getToken` throws IDENTITY_UNAVAILABLE, within 8 s.
 */
export function createCredential(
  identity: IdentitySetting,
  options: TokenCacheOptions & { readonly limits?: LadderLimits } = {},
): TokenCache {
  const request =
    identity.kind === 'developer'
      ? developerRequest()
      : managedIdentityRequest(identity, options.limits);
  return new TokenCache(request, options);
}

type TokenRequest = (scope: string) => Promise<AccessToken>;

function managedIdentityRequest(
  identity: Exclude<IdentitySetting, { kind: 'developer' }>,
  limits?: LadderLimits,
): TokenRequest {
  const credential = once(async (): Promise<TokenCredential> => {
    const [{ ManagedIdentityCredential }, { createDefaultHttpClient }] = await Promise.all([
      import('@azure/identity'),
      import('@azure/core-rest-pipeline'),
    ]);
    const client = {
      httpClient: createIdentityHttpClient(createDefaultHttpClient()),
      retryOptions: { maxRetries: 0 }, // the ladder is ours
    };
    return identity.kind === 'userAssigned'
      ? new ManagedIdentityCredential({ clientId: identity.clientId, ...client })
      : new ManagedIdentityCredential(client);
  });
  return async (scope) => {
    const { endpoint, header, inAppService } = readIdentityEnvironment();
    // Elsewhere (a VM) the SDK asks IMDS; in App Service nothing listens there.
    if (inAppService && !(endpoint && header)) throw noIdentityEndpoint();
    const inner = await credential();
    return requestToken(() => inner.getToken(scope), scope, limits);
  };
}

function developerRequest(): TokenRequest {
  const credential = once(async (): Promise<TokenCredential> => {
    const { AzureCliCredential, AzureDeveloperCliCredential, ChainedTokenCredential } =
      await import('@azure/identity');
    const patience = { processTimeoutInMs: 8_000 };
    return new ChainedTokenCredential(
      new AzureCliCredential(patience),
      new AzureDeveloperCliCredential(patience),
    );
  });
  return async (scope) => {
    try {
      const token = await (await credential()).getToken(scope);
      if (token) return token;
    } catch (error) {
      throw notSignedIn(error);
    }
    throw notSignedIn(undefined);
  };
}

/** Runs `create` at first use; a failure is not kept. */
export function once<T>(create: () => Promise<T>): () => Promise<T> {
  let created: Promise<T> | undefined;
  return () => {
    created ??= create().catch((error: unknown) => {
      created = undefined;
      throw error;
    });
    return created;
  };
}
