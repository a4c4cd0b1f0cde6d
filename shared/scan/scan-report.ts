import { MARGIN_MS } from '../azure-call-policy.ts';
import { remainingMs } from '../deadline.ts';
import type { AppError, ErrorCode } from '../errors.ts';
import type { Finding } from './finding.ts';

export const REPORT_BLOB = 'scan-report.json';

/** Gathered while a scope is scanned. */
export interface ScopeReport {
  readonly scope: string;
  /** `cut`: the next run goes on. */
  outcome: 'finished' | 'cut' | 'failed';
  /** Absent: the list. */
  feed?: 'resourceGraph';
  /** Pages of the list, by Resource Graph those that creations were looked up on. */
  pages: number;
  /** Resources listed; by Resource Graph, creations that it showed. */
  resources: number;
  /** Resources without createdTime: nobody can say whether they are new. */
  unreadableCount: number;
  /** Ids of the first of them. */
  readonly unreadable: string[];
  error?: AppError;
}

const MOST_UNREADABLE_LISTED = 100;
/** A call that the run's time cuts says so by MARGIN_MS earlier; a timer may fire a little early, too. */
const SLACK_MS = MARGIN_MS + 20;

/** Nobody can say whether this resource is new. */
export function noteUnreadable(report: ScopeReport, id: string | undefined): void {
  report.unreadableCount += 1;
  if (report.unreadable.length < MOST_UNREADABLE_LISTED) report.unreadable.push(id ?? '(no id)');
}

/** What stopped the scan of a scope: a run that is throttled or out of time is cut, and the next one goes on. */
export function noteFailure(report: ScopeReport, error: AppError, reserveMs: number): void {
  report.error = error;
  const isPatient = error.code === 'THROTTLED' || remainingMs() <= reserveMs + SLACK_MS;
  report.outcome = isPatient ? 'cut' : 'failed';
}

interface ReportedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly nextStep: string;
}

/** What one run did: the content of the report blob, and the answer of getScan. */
export interface ScanReport {
  readonly runId: string;
  /** ISO 8601, this machine's clock. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly outcome: ScopeReport['outcome'];
  readonly pages: number;
  readonly resourcesSeen: number;
  readonly newFindingCount: number;
  /** The first of them. */
  readonly newFindings: readonly Finding[];
  readonly unreadableCount: number;
  readonly unreadable: readonly string[];
  readonly scopes: readonly {
    readonly scope: string;
    readonly outcome: ScopeReport['outcome'];
    /** Absent: the list. */
    readonly feed?: 'resourceGraph';
    readonly pages: number;
    readonly resourcesSeen: number;
    readonly error?: ReportedError;
  }[];
  /** What ended the run as a whole. */
  readonly error?: ReportedError;
}

export const MOST_FINDINGS_LISTED = 1_000;

export function createReport(run: {
  readonly runId: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly scopes: readonly ScopeReport[];
  readonly findings: readonly Finding[];
  readonly findingCount: number;
  readonly error?: AppError;
}): ScanReport {
  const sum = (count: (scope: ScopeReport) => number) =>
    run.scopes.reduce((total, scope) => total + count(scope), 0);
  const outcomes = new Set(run.scopes.map(({ outcome }) => outcome));
  const isFailed = run.error !== undefined || outcomes.has('failed');
  return {
    runId: run.runId,
    startedAt: run.startedAt.toISOString(),
    endedAt: run.endedAt.toISOString(),
    outcome: isFailed ? 'failed' : outcomes.has('cut') ? 'cut' : 'finished',
    pages: sum(({ pages }) => pages),
    resourcesSeen: sum(({ resources }) => resources),
    newFindingCount: run.findingCount,
    newFindings: run.findings,
    unreadableCount: sum((scope) => scope.unreadableCount),
    unreadable: run.scopes.flatMap(({ unreadable }) => unreadable),
    scopes: run.scopes.map(({ scope, outcome, feed, pages, resources, error }) => ({
      scope,
      outcome,
      ...(feed ? { feed } : {}),
      pages,
      resourcesSeen: resources,
      ...(error ? { error: reported(error) } : {}),
    })),
    ...(run.error ? { error: reported(run.error) } : {}),
  };
}

function reported({ code, message, nextStep }: AppError): ReportedError {
  return { code, message, nextStep };
}
