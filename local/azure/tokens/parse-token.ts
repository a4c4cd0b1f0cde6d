import { parseStrictJsonObject } from './strict-json.ts';
import { TokenError } from './tokens.ts';

/** Characters. A managed identity's token has about 1,600; Node itself stops headers at 32 KB. */
const MAX_TOKEN_LENGTH = 16 * 1024;

export interface ParsedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the signature covers: the first two parts as they came. */
  readonly signingInput: string;
  readonly signature: Buffer;
}

/**
 * Takes a compact JWS apart. There is one way to write a token and any other is refused, so that
 * no two parsers can read the same bytes differently. Checks no claim and no signature.
 * Throws TokenError `malformed` (`missing` for an empty one).
 * Source: RFC 7515 sections 3.1 and 7.1
 */
export function parseToken(token: string): ParsedToken {
  if (token === '') throw new TokenError('missing', 'There is no token.');
  if (token.length > MAX_TOKEN_LENGTH) throw malformed(`it is over ${MAX_TOKEN_LENGTH} characters`);
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || !header || !payload || signature === undefined) {
    throw malformed('it does not have three parts');
  }
  return {
    header: decodeObject(header, 'header'),
    claims: decodeObject(payload, 'payload'),
    signingInput: `${header}.${payload}`,
    signature: decodeBase64Url(signature, 'signature'),
  };
}

function decodeObject(part: string, name: string): Readonly<Record<string, unknown>> {
  const bytes = decodeBase64Url(part, name);
  try {
    return parseStrictJsonObject(bytes);
  } catch {
    throw malformed(`its ${name} is not one plain JSON object`);
  }
}

/** Node ignores what is not base64url; encoding again shows padding, foreign characters and loose bits. */
function decodeBase64Url(part: string, name: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) throw malformed(`its ${name} is not plain base64url`);
  return bytes;
}

function malformed(reason: string): TokenError {
  return new TokenError('malformed', `The token cannot be read: ${reason}.`);
}
