import type { ServiceResponse } from '../http/json-service.ts';
import type { ArmContext, ArmRequest, Operation } from '../resource-manager/arm-context.ts';
import { parseObjectBody } from '../resource-manager/parse-json-body.ts';
import { createReadableFilter } from '../resource-manager/readable-resources.ts';
import type { Subscription } from '../resource-manager/resource-store.ts';
import type { Row } from './kql/expression.ts';
import { parseQuery, type QueryPlan } from './kql/parse-query.ts';
import { toJson } from './kql/values.ts';
import { badRequest, GraphError, toServiceError } from './query-error.ts';
import { type QuotaState, UNUSED_QUOTA } from './query-quota.ts';
import { parseQueryRequest, type QueryRequest } from './query-request.ts';
import { renderSkipToken } from './skip-token.ts';
import { tableColumns, tables } from './tables.ts';

/**
 * `POST /providers/Microsoft.ResourceGraph/resources`: a query over what the caller may read.
 * Azure: no role on anything is no refusal, only no rows.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/overview#permissions-in-azure-resource-graph
 */
export const queryResources: Operation = (arm, request) => {
  const quota = arm.queryQuota?.()?.take(request.caller.principalId) ?? UNUSED_QUOTA;
  try {
    if (!quota.allowed) throw throttled();
    const body = parseQueryRequest(parseObjectBody(request.http.body), request.apiVersion);
    const plan = parseQuery(body.query, tableColumns, arm.clock.nowMs());
    const rows = plan.run(readRows(arm, request, body, plan.table));
    return { status: 200, headers: quotaHeaders(quota), body: renderPage(body, plan, rows) };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const facts = { correlationId: request.correlationId, nowMs: arm.clock.nowMs() };
    throw toServiceError(error, facts, quotaHeaders(quota));
  }
};

function readRows(
  arm: ArmContext,
  { caller }: ArmRequest,
  request: QueryRequest,
  table: string,
): Row[] {
  return subscriptionsOf(arm, request).flatMap((subscription) => {
    const scope = `/subscriptions/${subscription.subscriptionId}`;
    const isReadable = createReadableFilter(arm, caller, scope);
    return tables[table]?.(arm, subscription, isReadable) ?? [];
  });
}

/**
 * Azure: subscriptions that are not the tenant's are left out, unless none remains. [Azure/aztfexport#475]
 * Pretend: the one management group is the tenant's root. A subscription of the tenant in which the caller has no
 * role at all gives no rows, as documented; callers have also met this 400 and a 403 AccessDenied.
 */
function subscriptionsOf(
  { store, directory }: ArmContext,
  { subscriptions, managementGroups }: QueryRequest,
): readonly Subscription[] {
  const isRoot = (name: string) => name.toLowerCase() === directory.tenantId.toLowerCase();
  const named =
    subscriptions ?? managementGroups?.flatMap((name) => (isRoot(name) ? allIds() : []));
  const found = (named ?? allIds()).flatMap((id) => store.findSubscription(id) ?? []);
  if (named === undefined || found.length > 0) return [...new Set(found)];
  const given = (subscriptions ?? managementGroups ?? []).join("','");
  throw badRequest({
    code: 'NoValidSubscriptionsInQueryRequest',
    message: `There must be at least one subscription that is eligible to contain resources. Given: '${given}'.`,
  });

  function allIds(): string[] {
    return store.subscriptions().map(({ subscriptionId }) => subscriptionId);
  }
}

/**
 * Azure: only what has an `id` column is paged; of anything else the rest is cut off, and `resultTruncated` says so.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data#paging-results
 */
function renderPage(
  { top, skip, skipToken, resultFormat }: QueryRequest,
  { columns, isLimited }: QueryPlan,
  rows: readonly Row[],
): ServiceResponse['body'] {
  const start = skipToken?.RowsToSkip ?? (isLimited ? 0 : skip);
  const page = rows.slice(start, start + top);
  const end = start + page.length;
  const isCut = end < rows.length;
  const isPaged = columns.some(({ name }) => name === 'id');
  const cells = page.map((row) => columns.map(({ name }) => toJson(row[name])));
  return {
    totalRecords: rows.length,
    count: page.length,
    data:
      resultFormat === 'table'
        ? { columns, rows: cells }
        : cells.map((values) =>
            Object.fromEntries(columns.map(({ name }, index) => [name, values[index]])),
          ),
    facets: [],
    resultTruncated: isCut && !isPaged ? 'true' : 'false',
    ...(isCut && isPaged && { $skipToken: renderSkipToken({ MaxRows: top, RowsToSkip: end }) }),
  };
}

/** On refusals too. [R46] */
function quotaHeaders({ allowed, remaining, resetsAfterSeconds }: QuotaState) {
  const seconds = String(resetsAfterSeconds % 60).padStart(2, '0');
  const minutes = String(Math.floor(resetsAfterSeconds / 60)).padStart(2, '0');
  return {
    Server: 'Kestrel',
    'x-ms-user-quota-remaining': String(remaining),
    'x-ms-user-quota-resets-after': `00:${minutes}:${seconds}`,
    'x-ms-ratelimit-remaining-tenant-resource-requests': String(remaining),
    // Pretend: Azure is not known to send it.
    ...(!allowed && { 'Retry-After': String(resetsAfterSeconds) }),
  };
}

/** [Azure/azure-cli-extensions#3325] */
function throttled(): GraphError {
  return new GraphError(429, 'RateLimiting', [
    {
      code: 'RateLimiting',
      message:
        'Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help.',
    },
  ]);
}
