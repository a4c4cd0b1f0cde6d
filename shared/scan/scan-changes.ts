// The scan by Resource Graph's `resourcechanges`: one query for all scopes, however many resources there are. Now and
// then the list has to be read all the same: what the feed never showed is found by nothing else.
import { AppError } from '../errors.ts';
import type { Creation } from '../resource-graph.ts';
import { ChangeScan, doneChanges, type FeedRules, probe } from './change-scan.ts';
import { lowerBound } from './checkpoint.ts';
import { feedBound, isListDue, noteFeed } from './feed-state.ts';
import { PageWalk } from './page-walk.ts';
import { noteFailure, type ScopeReport } from './scan-report.ts';
import { type ScopeScanTools, whileTimeIsLeft } from './scan-tools.ts';

/** A scope whose list is to be read, and what the feed has told of it before. */
export interface ToList {
  readonly report: ScopeReport;
  readonly creations: readonly Creation[];
}

/**
 * Hands on what the feed shows as created, and returns the scopes whose list is to be read. What the feed threw is in
 * `report.error` of the others. Throws AppError if the checkpoint can't be written or findings can't be handed on.
 */
export async function scanChanges(
  reports: readonly ScopeReport[],
  rules: FeedRules,
  tools: ScopeScanTools,
): Promise<readonly ToList[]> {
  const asOf = tools.store.serverTime.toISOString();
  const times = { now: asOf, overlapMs: rules.overlapMs, reconcileMs: rules.feed.reconcileMs };
  const due = new Set(reports.filter(({ scope }) => isListDue(stateOf(scope, tools), times)));
  const answer = await readFeed(reports, rules, tools);
  if (answer instanceof AppError) {
    const others = reports.filter((report) => !due.has(report));
    for (const report of others) await noteFeedFailure(report, answer, tools);
    return [...due].map((report) => ({ report, creations: [] }));
  }
  const toList: ToList[] = [];
  for (const report of reports) {
    const scan = new ChangeScan(report, answer, asOf, rules, tools);
    if (due.has(report) || scan.isTooMuch) toList.push(scan);
    else await scan.run();
  }
  return toList;
}

/** After a pass over the list that began at `begunAt` (ISO 8601): what changed before is done with. */
export async function reconcile(
  { report, creations }: ToList,
  begunAt: string,
  { overlapMs }: FeedRules,
  { store }: ScopeScanTools,
): Promise<void> {
  const done = doneChanges(creations.filter(({ changeTime }) => changeTime <= begunAt));
  const progress = { watermark: begunAt, listedAt: begunAt, done };
  await noteFeed(report.scope.toLowerCase(), progress, overlapMs, store);
}

/** All that was created in the scopes since the oldest of their bounds, or what asking threw. */
async function readFeed(
  reports: readonly ScopeReport[],
  { feed, overlapMs }: FeedRules,
  tools: ScopeScanTools,
): Promise<readonly Creation[] | AppError> {
  const scopes = reports.map(({ scope }) => scope);
  const bounds = scopes.map((scope) => {
    const state = stateOf(scope, tools);
    if (state?.feed) return feedBound(state.feed, overlapMs);
    return state ? lowerBound(state, overlapMs) : tools.store.serverTime.toISOString();
  });
  const [since = ''] = bounds.toSorted();
  const walk = new PageWalk();
  const creations: Creation[] = [];
  let page: string | undefined;
  try {
    do {
      const answer = await whileTimeIsLeft(tools, () =>
        feed.resourceGraph.listCreations(scopes, since, page),
      );
      creations.push(...answer.creations);
      page = answer.nextPage;
      if (page !== undefined) walk.step(page, answer.creations.length);
    } while (page !== undefined);
    return creations;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** A refusal of Resource Graph names nobody; a GET's does. */
async function noteFeedFailure(
  report: ScopeReport,
  failure: AppError,
  tools: ScopeScanTools,
): Promise<void> {
  const isRefusal = failure.status === 400 || failure.status === 403;
  const denial = isRefusal ? await probe(report.scope, tools) : undefined;
  noteFailure(report, denial ?? failure, tools.reserveMs);
}

function stateOf(scope: string, { store }: ScopeScanTools) {
  return store.checkpoint.scopes[scope.toLowerCase()];
}
