import type { Principal } from '../directory.ts';

/** Who calls, as the verified token says. */
export interface Caller {
  /** `oid`. */
  readonly principalId: string;
  /** `appid`. */
  readonly clientId: string;
  readonly tenantId: string;
  /** `aud` as it stood in the token. */
  readonly audience: string;
  readonly issuer: string;
  /** `exp`, in seconds since 1970. Absent for a caller that no token made (the deployer in process). */
  readonly expiresOn?: number;
  /** `xms_mirid`: resource id of the managed identity. */
  readonly managedIdentityResourceId?: string;
  /** `xms_az_rid`: resource id of the resource that the token was given to. */
  readonly azureResourceId?: string;
}

/** Why a token is refused. Each door turns it into its own words. */
export type TokenProblem =
  | 'missing'
  | 'malformed'
  | 'signature'
  | 'expired'
  | 'notYetValid'
  | 'issuer'
  | 'audience'
  | 'principal';

export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly problem: TokenProblem;
  /** The offending audience or issuer, for messages that quote it. Never any part of a token but that claim. */
  readonly found?: string;
  /** For `expired`: the two times that were compared, in seconds since 1970. */
  readonly times?: { readonly expiresOn: number; readonly now: number };

  constructor(
    problem: TokenProblem,
    message: string,
    found?: string,
    times?: { readonly expiresOn: number; readonly now: number },
  ) {
    super(message);
    this.problem = problem;
    if (found !== undefined) this.found = found;
    if (times !== undefined) this.times = times;
  }
}

export interface IssuedToken {
  readonly accessToken: string;
  /** Seconds since 1970. */
  readonly expiresOn: number;
  readonly notBefore: number;
  readonly expiresIn: number;
}

export interface Tokens {
  /**
   * A token as Entra ID gives to a managed identity; `audience` is echoed byte for byte into `aud`.
   * Rejects with TypeError for a User or Group: they have no app token.
   */
  issue(
    principal: Principal,
    audience: string,
    more?: { azureResourceId?: string; lifetimeSeconds?: number },
  ): Promise<IssuedToken>;
  /**
   * Verifies signature, issuer, lifetime (300 s of skew), principal and that `aud` is one of `audiences`.
   * Throws TokenError. Fetches nothing.
   */
  verify(token: string, audiences: readonly string[]): Promise<Caller>;
  /**
   * The caller of an HTTP request: exactly one `Authorization: Bearer` header.
   * `rawHeaders` as Node gives them. Throws TokenError.
   */
  verifyRequest(rawHeaders: readonly string[], audiences: readonly string[]): Promise<Caller>;
}
