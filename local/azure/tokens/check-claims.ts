import type { Directory, Principal } from '../directory.ts';
import type { Caller } from './tokens.ts';
import { TokenError } from './tokens.ts';

/** How far the clocks of two machines may differ. Source: Microsoft.IdentityModel's default ClockSkew. */
const SKEW_SECONDS = 300;

type Claims = Readonly<Record<string, unknown>>;

interface Expectations {
  readonly audiences: readonly string[];
  readonly directory: Directory;
  readonly nowSeconds: number;
}

/**
 * The claim rules for an app token of the tenant, in the order in which Azure's services complain:
 * issuer, audience, lifetime, principal. `roles`, `wids`, `groups` and unknown claims grant nothing.
 * Throws TokenError.
 * Source: https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-tokens
 */
export function checkClaims(
  claims: Claims,
  { audiences, directory, nowSeconds }: Expectations,
): Caller {
  const issuer = checkIssuer(claims, directory.tenantId);
  const audience = checkAudience(claims, audiences);
  const expiresOn = checkLifetime(claims, nowSeconds);
  const principal = checkPrincipal(claims, directory);
  return {
    principalId: principal.principalId,
    clientId: principal.clientId,
    tenantId: directory.tenantId,
    audience,
    issuer,
    expiresOn,
    ...optionalString('managedIdentityResourceId', claims.xms_mirid),
    ...optionalString('azureResourceId', claims.xms_az_rid),
  };
}

/** The v1 issuer, byte for byte, of the same tenant that `tid` names and of the version that `ver` names. */
export function issuerOf(tenantId: string): string {
  return `https://sts.windows.net/${tenantId}/`;
}

function checkIssuer(claims: Claims, tenantId: string): string {
  const issuer = issuerOf(tenantId);
  if (claims.iss !== issuer) {
    throw new TokenError('issuer', `The token's issuer is not ${issuer}.`, quotable(claims.iss));
  }
  if (claims.tid !== tenantId || claims.ver !== '1.0') {
    throw new TokenError('issuer', "The token's tenant or version is not its issuer's.", issuer);
  }
  return issuer;
}

function checkAudience(claims: Claims, audiences: readonly string[]): string {
  const { aud } = claims;
  if (typeof aud === 'string' && audiences.includes(aud)) return aud;
  throw new TokenError('audience', 'The token is for another audience.', quotable(aud));
}

/** Returns `exp`. */
function checkLifetime(claims: Claims, nowSeconds: number): number {
  const issuedAt = toSeconds(claims, 'iat');
  const notBefore = toSeconds(claims, 'nbf');
  const expiresOn = toSeconds(claims, 'exp');
  if (expiresOn + SKEW_SECONDS <= nowSeconds) {
    const times = { expiresOn, now: nowSeconds };
    throw new TokenError('expired', 'The token has expired.', undefined, times);
  }
  if (Math.max(notBefore, issuedAt) - SKEW_SECONDS > nowSeconds) {
    throw new TokenError('notYetValid', 'The token is not valid yet.');
  }
  return expiresOn;
}

function toSeconds(claims: Claims, name: string): number {
  const value = claims[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new TokenError('malformed', `The token's '${name}' is not a time.`);
  }
  return value;
}

function checkPrincipal(claims: Claims, directory: Directory): Principal {
  const { oid, appid } = claims;
  if (claims.scp !== undefined || claims.idtyp !== 'app') {
    throw new TokenError('principal', 'The token is a user token.');
  }
  if (typeof oid !== 'string' || typeof appid !== 'string') {
    throw new TokenError('principal', 'The token does not say whose it is.');
  }
  const principal = directory.find(oid);
  if (!principal || principal.clientId.toLowerCase() !== appid.toLowerCase()) {
    throw new TokenError('principal', 'The token is of no principal of this tenant.');
  }
  if (principal.kind === 'User' || principal.kind === 'Group') {
    throw new TokenError('principal', `A ${principal.kind} has no app token.`);
  }
  return principal;
}

/** What a door may quote in its refusal: a claim of plain, short text, and nothing else. */
function quotable(claim: unknown): string | undefined {
  return typeof claim === 'string' && /^[\x20-\x7e]{0,200}$/.test(claim) ? claim : undefined;
}

function optionalString<Name extends string>(name: Name, value: unknown): { [N in Name]?: string } {
  return typeof value === 'string' ? ({ [name]: value } as { [N in Name]?: string }) : {};
}
