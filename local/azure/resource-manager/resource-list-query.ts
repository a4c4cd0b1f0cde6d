import { ServiceError } from '../http/service-error.ts';
import type { ArmRequest } from './arm-context.ts';

/** A page without `$top`. Azure: https://learn.microsoft.com/rest/api/resources/resources/list */
const PAGE_SIZE = 1000;
const EXPANDABLE = new Set(['createdtime', 'changedtime', 'provisioningstate']);

export interface ListQuery {
  readonly top: number;
  /** Lower case. */
  readonly expand: ReadonlySet<string>;
  /** Place in the store after which the page begins. */
  readonly after: number;
}

/** Throws 400 for a `$top`, `$expand` or `$skiptoken` that is none. */
export function parseListQuery(
  query: ReadonlyMap<string, string>,
  pageSize: number = PAGE_SIZE,
): ListQuery {
  const topText = query.get('$top');
  const top = topText === undefined || topText === '' ? pageSize : Number(topText);
  if (!Number.isInteger(top) || top < 1) throw invalidQuery('Top', '$top', topText ?? '');
  const expandText = query.get('$expand') ?? '';
  const expand = new Set(
    expandText
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ''),
  );
  if (!expand.isSubsetOf(EXPANDABLE)) throw invalidQuery('Expand', '$expand', expandText);
  const token = query.get('$skiptoken');
  return { top: Math.min(top, pageSize), expand, after: token ? placeIn(token) : 0 };
}

/** Azure spells it with small `resourcegroups` and escaped dollars [R15]. */
export function nextListLink(request: ArmRequest, scope: string, place: number): string {
  const path = `${scope.replace('/resourceGroups/', '/resourcegroups/')}/resources`;
  const kept = ['$filter', '$expand', '$top'].flatMap((name) => {
    const value = request.query.get(name);
    return value ? [[name, value]] : [];
  });
  const token = Buffer.from(`place ${place}`).toString('base64url');
  const parts = [['api-version', request.apiVersion], ...kept, ['$skiptoken', token]].map(
    ([name = '', value = '']) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return `${request.origin}${encodeURI(path)}?${parts.join('&')}`;
}

function placeIn(token: string): number {
  const place = /^place (\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (place === undefined) throw invalidQuery('SkipToken', '$skiptoken', token);
  return Number(place);
}

/** Pretend: worded after `InvalidFilterInQueryString`, the only one of its kind that was seen. */
function invalidQuery(kind: string, parameter: string, value: string): ServiceError {
  return new ServiceError(
    400,
    `Invalid${kind}InQueryString`,
    `Invalid ${parameter} '${value}' specified in the query string.`,
    { fromGateway: true },
  );
}
