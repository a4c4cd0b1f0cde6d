import { sign, verify } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Directory, Principal } from '../directory.ts';
import { bearerToken } from './bearer-token.ts';
import { checkClaims } from './check-claims.ts';
import { checkHeader } from './check-header.ts';
import { parseToken } from './parse-token.ts';
import type { SigningKeys } from './signing-keys.ts';
import { createTokenClaims } from './token-claims.ts';
import { type Caller, type IssuedToken, TokenError, type Tokens } from './tokens.ts';

/** Managed identities get tokens for a day. Source: [R42] (`expires_in: "86400"`). */
export const DAY_SECONDS = 86_400;

/** Entra dates tokens back by this much. Source: [R42] (`not_before` = `expires_on` − 86700). */
const BACKDATED_SECONDS = 300;

interface TokensOptions {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly keys: SigningKeys;
  /** Asked at each issue, if it is a function. Default: a day. */
  readonly lifetimeSeconds?: number | (() => number);
}

/**
 * Issues and verifies the tenant's access tokens. Nothing is remembered: each verification is whole.
 * The verifier stands on `node:crypto`, so that jose can be its referee in the tests (and is not loaded
 * at every start). It takes nothing that jose refuses and is stricter in: one way to write a token
 * (plain base64url, JSON without a name twice, at most 16 KB), header parameters, `aud` as one string,
 * whole-number `iat`, `nbf` and `exp`, `iss` with its `tid` and `ver`, `oid` with its `appid`, no user tokens.
 */
export function createTokens(options: TokensOptions): Tokens {
  const { clock, directory, keys, lifetimeSeconds: defaultLifetime = DAY_SECONDS } = options;
  const nowSeconds = () => Math.floor(clock.nowMs() / 1000);

  function issue(
    principal: Principal,
    audience: string,
    more: { azureResourceId?: string; lifetimeSeconds?: number } = {},
  ): IssuedToken {
    if (principal.kind === 'User' || principal.kind === 'Group') {
      throw new TypeError(`${principal.displayName} is a ${principal.kind}: it has no app token`);
    }
    const expiresIn =
      more.lifetimeSeconds ??
      (typeof defaultLifetime === 'function' ? defaultLifetime() : defaultLifetime);
    const expiresOn = nowSeconds() + expiresIn;
    const notBefore = nowSeconds() - BACKDATED_SECONDS;
    const subject = { tenantId: directory.tenantId, principal, audience, ...more };
    const claims = createTokenClaims(subject, { notBefore, expiresOn });
    return { accessToken: signToken(claims, keys), expiresOn, notBefore, expiresIn };
  }

  function verifyToken(token: string, audiences: readonly string[]): Caller {
    const { header, claims, signingInput, signature } = parseToken(token);
    const key = keys.find(checkHeader(header));
    if (!key || !verify('RSA-SHA256', Buffer.from(signingInput), key, signature)) {
      throw new TokenError('signature', 'The token is not signed by a key of this tenant.');
    }
    return checkClaims(claims, { audiences, directory, nowSeconds: nowSeconds() });
  }

  return {
    issue: async (principal, audience, more) => issue(principal, audience, more),
    verify: async (token, audiences) => verifyToken(token, audiences),
    verifyRequest: async (rawHeaders, audiences) => verifyToken(bearerToken(rawHeaders), audiences),
  };
}

function signToken(claims: object, keys: SigningKeys): string {
  const { kid, privateKey } = keys.current();
  const header = { typ: 'JWT', alg: 'RS256', x5t: kid, kid };
  const signingInput = `${encodePart(header)}.${encodePart(claims)}`;
  const signature = sign('RSA-SHA256', Buffer.from(signingInput), privateKey);
  return `${signingInput}.${signature.toString('base64url')}`;
}

function encodePart(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
