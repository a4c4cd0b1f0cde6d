import type { ServiceResponse } from '../http/json-service.ts';
import { badParameter } from './errors.ts';
import type { VaultCall } from './vault-operation.ts';

const MAX_RESULTS = 25;

/**
 * One page of a list: at most `maxresults` items (25 if not said) and the link to the next.
 * `items` come sorted by `keyOf`; the link carries the last key, so that changes in between lose nothing.
 * Azure: nextLink has `:443` behind the host, and is null at the end [R28].
 */
export function pageOf<T>(
  { vault, url }: VaultCall,
  items: readonly T[],
  keyOf: (item: T) => string,
  render: (item: T) => object,
): ServiceResponse {
  const size = parseMaxResults(url.searchParams.get('maxresults'));
  const after = parseSkipToken(url.searchParams.get('$skiptoken'));
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const nextLink =
    last !== undefined && rest.length > page.length
      ? linkAfter(vault.address, url, keyOf(last))
      : null;
  return { status: 200, body: { value: page.map(render), nextLink } };
}

function linkAfter(address: string, url: URL, key: string): string {
  const query = [
    `api-version=${encodeURIComponent(url.searchParams.get('api-version') ?? '')}`,
    `$skiptoken=${Buffer.from(key).toString('base64url')}`,
    `maxresults=${url.searchParams.get('maxresults') ?? MAX_RESULTS}`,
  ];
  return `${address}:443${url.pathname}?${query.join('&')}`;
}

function parseMaxResults(text: string | null): number {
  if (text === null) return MAX_RESULTS;
  const size = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  // Pretend: the wording. The range is that of the REST reference (1 to 25).
  if (size < 1 || size > MAX_RESULTS) {
    throw badParameter(`maxresults must be between 1 and ${MAX_RESULTS}.`);
  }
  return size;
}

function parseSkipToken(text: string | null): string | undefined {
  if (text === null) return undefined;
  if (!/^[\w-]{1,400}$/.test(text))
    throw badParameter('The $skiptoken is not one of this service.');
  return Buffer.from(text, 'base64url').toString();
}
