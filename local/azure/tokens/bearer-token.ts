import { TokenError } from './tokens.ts';

/**
 * The token of a request's one `Authorization: Bearer` header; `rawHeaders` as Node gives them,
 * for Node itself drops a second Authorization header silently.
 * Throws TokenError: `missing` without header or for another scheme, `malformed` for two headers or tokens.
 * Source: RFC 6750 section 2.1; the scheme's case does not matter, RFC 9110 section 11.1
 */
export function bearerToken(rawHeaders: readonly string[]): string {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  );
  const [value] = values;
  if (value === undefined) throw new TokenError('missing', 'There is no Authorization header.');
  if (values.length > 1)
    throw new TokenError('malformed', 'There is more than one Authorization header.');
  const [scheme, token, ...more] = value.trim().split(/ +/);
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined) {
    throw new TokenError('missing', 'The Authorization header has no Bearer token.');
  }
  if (more.length > 0)
    throw new TokenError('malformed', 'The Authorization header has more than one token.');
  return token;
}
