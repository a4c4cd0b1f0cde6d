import { randomBytes } from 'node:crypto';
import type { Principal } from '../directory.ts';
import { issuerOf } from './check-claims.ts';

export interface TokenLifetime {
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly expiresOn: number;
}

interface TokenSubject {
  readonly tenantId: string;
  readonly principal: Principal;
  readonly audience: string;
  readonly azureResourceId?: string;
}

/**
 * The claims of a v1.0 access token as Entra ID gives it to a managed identity, in Entra's order.
 * Source: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function createTokenClaims(subject: TokenSubject, lifetime: TokenLifetime) {
  const { tenantId, principal, audience, azureResourceId } = subject;
  const issuer = issuerOf(tenantId);
  return {
    aud: audience,
    iss: issuer,
    iat: lifetime.notBefore,
    nbf: lifetime.notBefore,
    exp: lifetime.expiresOn,
    // `aio`, `rh` and `uti` mean something to Entra alone: random, of the real ones' length.
    aio: randomBytes(33).toString('base64'),
    appid: principal.clientId,
    // "2": the client proved itself by a certificate, as a managed identity does.
    appidacr: '2',
    idp: issuer,
    idtyp: 'app',
    oid: principal.principalId,
    rh: `1.${randomBytes(36).toString('base64url')}.`,
    sub: principal.principalId,
    tid: tenantId,
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
    ...(azureResourceId !== undefined && { xms_az_rid: azureResourceId }),
    ...(principal.resourceId !== undefined && { xms_mirid: principal.resourceId }),
  };
}
