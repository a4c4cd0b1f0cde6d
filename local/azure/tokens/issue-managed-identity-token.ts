import type { Directory, Principal } from '../directory.ts';
import type { Journal } from '../journal.ts';
import { isKnownAudience } from './audiences.ts';
import { unknownResourceError } from './entra-error.ts';
import type { IssuedToken, Tokens } from './tokens.ts';

interface ManagedIdentityTokenRequest {
  readonly door: 'app-service-identity' | 'imds';
  readonly principal: Principal;
  /** As asked for; it becomes `aud` byte for byte. */
  readonly audience: string;
  /** The app or machine that asks. */
  readonly azureResourceId: string;
}

/**
 * What both identity endpoints do once they know who asks for what: refuse a resource that the tenant
 * does not know (ServiceError, AADSTS500011), issue, and put the fact into the journal.
 * Pretend: a new token each time. Azure's endpoints give out the one they have, for up to 24 hours.
 */
export async function issueManagedIdentityToken(
  parts: { tokens: Tokens; directory: Directory; journal: Journal },
  { door, principal, audience, azureResourceId }: ManagedIdentityTokenRequest,
): Promise<IssuedToken> {
  const { tokens, directory, journal } = parts;
  if (!isKnownAudience(audience, directory)) {
    throw unknownResourceError(audience, directory.tenantId);
  }
  const token = await tokens.issue(principal, audience, { azureResourceId });
  const { principalId, clientId } = principal;
  journal.record({ kind: 'token', door, audience, principalId, clientId });
  return token;
}
