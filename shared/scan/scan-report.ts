import type { AppError, ErrorCode } from '../errors.ts';
import type { Finding } from './finding.ts';

export const REPORT_BLOB = 'scan-report.json';

/** Gathered while a scope is scanned. */
export interface ScopeReport {
  readonly scope: string;
  /** `cut`: the next run goes on. */
  outcome: 'finished' | 'cut' | 'failed';
  pages: number;
  /** Resources listed. */
  resources: number;
  /** Resources without createdTime: nobody can say whether they are new. */
  unreadableCount: number;
  /** Ids of the first of them. */
  readonly unreadable: string[];
  error?: AppError;
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
    scopes: run.scopes.map(({ scope, outcome, pages, resources, error }) => ({
      scope,
      outcome,
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
