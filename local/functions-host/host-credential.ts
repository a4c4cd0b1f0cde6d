// The host's own way to a token. Not @azure/identity's: in Azure host and app are two processes, here they share one,
// and msal-node keeps endpoint, header and HTTP client of the first credential that asks for all that come after
// (ManagedIdentityClient.identitySource). The app's credential must be the first.
import type { AccessToken, TokenCredential } from '@azure/identity';

const LIMIT_MS = 10_000;

/**
 * The managed identity of the app, by App Service's token endpoint; `clientId` for a user-assigned one.
 * Its `getToken` throws one sentence.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export function createHostCredential(clientId: string | undefined): TokenCredential {
  return {
    async getToken(scopes): Promise<AccessToken> {
      // Read anew each time: the platform rotates the header.
      const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = process.env;
      if (!IDENTITY_ENDPOINT || !IDENTITY_HEADER) {
        throw new Error('the app has no managed identity (IDENTITY_ENDPOINT is not set).');
      }
      const address = new URL(IDENTITY_ENDPOINT);
      address.search = new URLSearchParams({
        'api-version': '2019-08-01',
        resource: String([scopes].flat()[0]).replace(/\/\.default$/, ''),
        ...(clientId !== undefined && { client_id: clientId }),
      }).toString();
      const response = await fetch(address, {
        headers: { 'X-IDENTITY-HEADER': IDENTITY_HEADER },
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      return parseToken(response.status, await response.json());
    },
  };
}

function parseToken(status: number, body: unknown): AccessToken {
  const answer = body as { access_token?: unknown; expires_on?: unknown; message?: unknown };
  const token = answer.access_token;
  if (status === 200 && typeof token === 'string') {
    return { token, expiresOnTimestamp: Number(answer.expires_on) * 1000 };
  }
  const reason = typeof answer.message === 'string' ? `: ${answer.message}` : '.';
  throw new Error(`the identity endpoint answered ${status}${reason}`);
}
