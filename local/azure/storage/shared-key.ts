import { createHmac } from 'node:crypto';

/** The headers that are signed by position, behind the method. */
const SIGNED_HEADERS = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
] as const;

export interface RequestToSign {
  readonly method: string;
  readonly account: string;
  /** Base64. */
  readonly key: string;
  /** As sent: percent-encoded. */
  readonly path: string;
  /** Lower-case name → decoded value. */
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The `Authorization` header of a request, which must carry `x-ms-date`.
 * https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
 */
export function signSharedKey(request: RequestToSign): string {
  const headers = new Map(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value.trim()]),
  );
  const toSign = [
    request.method,
    ...SIGNED_HEADERS.map((name) => {
      const value = headers.get(name) ?? '';
      return name === 'content-length' && value === '0' ? '' : value;
    }),
    ...[...headers]
      .filter(([name]) => name.startsWith('x-ms-'))
      .sort(([left], [right]) => left.localeCompare(right))
      .map(([name, value]) => `${name}:${value}`),
    `/${request.account}${request.path}`,
    ...[...request.query]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, value]) => `${name}:${value}`),
  ].join('\n');
  const signature = createHmac('sha256', Buffer.from(request.key, 'base64'))
    .update(toSign, 'utf8')
    .digest('base64');
  return `SharedKey ${request.account}:${signature}`;
}
