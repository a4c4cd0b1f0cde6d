/** What the app shows of a token: by allow-list, never the token. */
export interface TokenClaims {
  readonly aud?: string;
  readonly iss?: string;
  /** Object id of the service principal: the `principalId` of role assignments. */
  readonly oid?: string;
  /** Client id. */
  readonly appid?: string;
  readonly tid?: string;
  /** ARM id of the identity, or of the app that has it system-assigned. */
  readonly xms_mirid?: string;
  /** ISO 8601. */
  readonly iat?: string;
  readonly exp?: string;
}

const TEXTS = ['aud', 'iss', 'oid', 'appid', 'tid', 'xms_mirid'] as const;
const TIMES = ['iat', 'exp'] as const;

/**
 * Claims of an access token, unverified: it is the target's to verify, ours to show.
 * An opaque token has none.
 */
export function readClaims(token: string): TokenClaims {
  const payload = parsePayload(token.split('.')[1] ?? '');
  const texts = TEXTS.flatMap((name) => {
    const value = payload[name];
    return typeof value === 'string' ? [[name, value.slice(0, 512)]] : [];
  });
  const times = TIMES.flatMap((name) => {
    const value = payload[name];
    return typeof value === 'number' && Math.abs(value) < 8.64e12
      ? [[name, new Date(value * 1000).toISOString()]]
      : [];
  });
  return Object.fromEntries([...texts, ...times]) as TokenClaims;
}

function parsePayload(part: string): Readonly<Record<string, unknown>> {
  try {
    const payload: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof payload === 'object' && payload !== null
      ? (payload as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}
