import { assertNamedHost } from './azure-call-policy.ts';
import type { Requests } from './resource-manager-requests.ts';
import { PageWalk } from './scan/page-walk.ts';

const HOST = 'management.azure.com';

/** The address of something in Resource Manager. `path`: an id that begins with a slash, and what follows it. */
export function addressOf(path: string, query: Readonly<Record<string, string>>): string {
  const address = new URL(`https://${HOST}`);
  address.pathname = path;
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return address.href;
}

/**
 * Every item of a list `{value[], nextLink?}`, all pages of it. Throws what `get` throws, UNEXPECTED for a nextLink
 * that leads elsewhere or back, and TypeError or SyntaxError for an answer of another shape, as the SDKs do.
 */
export async function listAll(
  { get }: Pick<Requests, 'get'>,
  address: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const items: Readonly<Record<string, unknown>>[] = [];
  const walk = new PageWalk();
  for (let page = address; ; ) {
    const { value, nextLink } = JSON.parse(await get(page)) as Record<string, unknown>;
    if (!Array.isArray(value)) throw new TypeError('no value');
    items.push(...value);
    if (typeof nextLink !== 'string' || nextLink === '') return items;
    assertNamedHost(nextLink, { hosts: [HOST], target: 'resource-manager' });
    walk.step(nextLink, value.length);
    page = nextLink;
  }
}

/** The property as text; undefined if it is something else. */
export function textOf(item: unknown, name: string): string | undefined {
  const value = (item as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' ? value : undefined;
}
