import type { AccessToken, TokenCredential } from '@azure/identity';
import { createHostCredential } from './host-credential.ts';

/** The messaging SDKs ask for a token for each link, and put a new one 2 minutes before the old one's end. */
const SDK_MARGIN_MS = 120_000;
const RENEWAL_MARGIN_MS = 300_000;

export interface CredentialSettings {
  readonly usesManagedIdentity: boolean;
  readonly clientId: string | undefined;
}

/** The credential of an identity-based connection: the managed identity, or whoever is signed in on this machine. */
export async function createConnectionCredential(
  settings: CredentialSettings,
): Promise<TokenCredential> {
  if (settings.usesManagedIdentity) return createHostCredential(settings.clientId);
  return new (await import('@azure/identity')).DefaultAzureCredential();
}

interface Kept {
  readonly token: AccessToken;
  readonly renewAtMs: number;
}

/**
 * Asks for one token and keeps it for its life, less 5 minutes, or for half of it.
 * A token that lives for less than the SDKs' own margin would make them ask without end: they are told a later end, so
 * that they come when the half is over.
 */
export function keepTokens(credential: TokenCredential): TokenCredential {
  const kept = new Map<string, Kept>();
  const asking = new Map<string, Promise<AccessToken | null>>();
  const ask = async (scope: string): Promise<AccessToken | null> => {
    const nowMs = Date.now();
    const token = await credential.getToken(scope);
    if (!token) return null;
    const lifeMs = token.expiresOnTimestamp - nowMs;
    const keptMs = Math.max(lifeMs / 2, lifeMs - RENEWAL_MARGIN_MS);
    const told = {
      ...token,
      expiresOnTimestamp: Math.max(token.expiresOnTimestamp, nowMs + keptMs + SDK_MARGIN_MS),
    };
    kept.set(scope, { token: told, renewAtMs: nowMs + keptMs });
    return told;
  };
  return {
    async getToken(scopes) {
      const scope = String([scopes].flat()[0]);
      const known = kept.get(scope);
      if (known && Date.now() < known.renewAtMs) return known.token;
      const pending = asking.get(scope) ?? ask(scope).finally(() => asking.delete(scope));
      asking.set(scope, pending);
      return pending;
    },
  };
}
