import type { ServiceErrorDetail } from '../http/service-error.ts';
import { badRequest } from './query-error.ts';
import { parseSkipToken, type SkipToken } from './skip-token.ts';

export interface QueryRequest {
  readonly query: string;
  /** Absent: every subscription of the tenant. */
  readonly subscriptions?: readonly string[];
  /** Names. */
  readonly managementGroups?: readonly string[];
  /** Records on a page. */
  readonly top: number;
  readonly skip: number;
  readonly skipToken?: SkipToken;
  readonly resultFormat: 'objectArray' | 'table';
}

/**
 * Azure: 100 unless `$top` says otherwise, 1,000 at most.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data#data-set-result-size
 */
const DEFAULT_TOP = 100;
const MOST_TOP = 1000;

/**
 * Answers were tables before this version, unless asked otherwise.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data#formatting-results
 */
const FIRST_WITH_OBJECTS = '2021-03-01';

type Members = Readonly<Record<string, unknown>>;

/** Throws GraphError for a body that is no query. */
export function parseQueryRequest(body: Members, apiVersion: string): QueryRequest {
  const { query, facets } = body;
  if (typeof query !== 'string' || query.trim() === '') {
    throw invalid("The 'query' is required and must be text.");
  }
  // Pretend: facets are not served.
  if (Array.isArray(facets) && facets.length > 0) throw invalid("'facets' are not supported.");
  const subscriptions = textList(body.subscriptions, 'subscriptions');
  const managementGroups = textList(
    body.managementGroups ?? (body.managementGroupId ? [body.managementGroupId] : undefined),
    'managementGroups',
  );
  if (subscriptions && managementGroups) {
    throw invalid("'subscriptions' and 'managementGroups' exclude each other.");
  }
  for (const id of subscriptions ?? []) requireGuid(id);
  return {
    query,
    ...(subscriptions && { subscriptions }),
    ...(managementGroups && { managementGroups }),
    ...parseOptions(body.options, apiVersion),
  };
}

/** Azure: a skip token goes before `$skip` and brings its page size; `$top` goes before that. [R46] */
function parseOptions(value: unknown, apiVersion: string) {
  const options = (value ?? {}) as Members;
  const { $skipToken, resultFormat } = options;
  const skipToken = $skipToken ? parseSkipToken(String($skipToken)) : undefined;
  const top = count(options.$top, '$top', 1, MOST_TOP) ?? skipToken?.MaxRows ?? DEFAULT_TOP;
  const skip = count(options.$skip, '$skip', 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const byVersion = apiVersion < FIRST_WITH_OBJECTS ? 'table' : 'objectArray';
  const format = String(resultFormat ?? byVersion);
  const isTable = /^table$/i.test(format);
  if (!isTable && !/^objectArray$/i.test(format)) throw invalid("'resultFormat' is not valid.");
  return {
    top,
    skip,
    ...(skipToken && { skipToken }),
    resultFormat: isTable ? ('table' as const) : ('objectArray' as const),
  };
}

function count(value: unknown, name: string, least: number, most: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) {
    return Number(value);
  }
  throw invalid(`'${name}' must be a whole number from ${least} to ${most}.`);
}

function textList(value: unknown, name: string): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string')) {
    throw invalid(`'${name}' must be a list of texts.`);
  }
  // Azure: an empty list asks for everything. [grafana/grafana#103702]
  return value.length === 0 ? undefined : value;
}

function requireGuid(id: string): void {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return;
  throw refusal('SubscriptionsContainInvalidGuids', `The subscription '${id}' is not a GUID.`);
}

function invalid(message: string) {
  return refusal('InvalidRequest', message);
}

/** Pretend: the words, and the code InvalidRequest. SubscriptionsContainInvalidGuids is Azure's. */
function refusal(code: ServiceErrorDetail['code'], message: string) {
  return badRequest({ code, message });
}
