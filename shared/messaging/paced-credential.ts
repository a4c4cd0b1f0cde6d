import type { TokenCredential } from '@azure/core-auth';

/** The messaging SDKs renew a token this long before its end. */
const RENEWED_AHEAD_MS = 120_000;
const LEAST_INTERVAL_MS = 30_000;

/**
 * For the messaging SDKs: a token that lives shorter than they renew ahead makes them put it 110 times a second. Its
 * end is told to them as late as makes it once in 30 s; the token itself is the cache's.
 */
export function pacedCredential(credential: TokenCredential): TokenCredential {
  return {
    async getToken(scopes, options) {
      const token = await credential.getToken(scopes, options);
      if (!token) return token;
      const earliest = Date.now() + RENEWED_AHEAD_MS + LEAST_INTERVAL_MS;
      return { ...token, expiresOnTimestamp: Math.max(token.expiresOnTimestamp, earliest) };
    },
  };
}
