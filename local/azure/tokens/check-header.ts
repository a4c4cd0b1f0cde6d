import { TokenError } from './tokens.ts';

/** Each of them would make the token bring its own key, or change what is signed or how it is read. */
const REFUSED_PARAMETERS = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc', 'cty'];

/**
 * The header rules of an Entra token: RS256, signed by a key that we name ourselves.
 * Returns the key's id. Throws TokenError `malformed` or `signature`.
 * Source: RFC 8725 sections 3.1 and 3.10
 */
export function checkHeader(header: Readonly<Record<string, unknown>>): string {
  const refused = REFUSED_PARAMETERS.find((name) => Object.hasOwn(header, name));
  if (refused) throw new TokenError('malformed', `The token's header may not have '${refused}'.`);
  if (header.typ !== undefined && header.typ !== 'JWT') {
    throw new TokenError('malformed', "The token's type is not 'JWT'.");
  }
  if (header.alg !== 'RS256') {
    throw new TokenError('signature', "The token's signature algorithm is not RS256.");
  }
  if (typeof header.kid !== 'string') {
    throw new TokenError('signature', 'The token does not name its key as a string.');
  }
  return header.kid;
}
