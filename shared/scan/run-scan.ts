import type { Blobs } from '../blobs.ts';
import { remainingMs, within } from '../deadline.ts';
import { AppError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ResourceManager } from '../resource-manager.ts';
import type { FeedRules } from './change-scan.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import type { Finding } from './finding.ts';
import { HandOn, type Publish } from './hand-on.ts';
import { beginScope, type ScanRules } from './pass-state.ts';
import { reconcile, scanChanges } from './scan-changes.ts';
import {
  createReport,
  MOST_FINDINGS_LISTED,
  REPORT_BLOB,
  type ScanReport,
  type ScopeReport,
} from './scan-report.ts';
import { scanScope } from './scan-scope.ts';

export interface ScanOptions extends ScanRules {
  readonly scopes: readonly string[];
  readonly resourceManager: ResourceManager;
  readonly blobs: Pick<Blobs, 'read' | 'write'>;
  readonly publish: Publish;
  readonly log: Log;
  /** Follow Resource Graph's changes, and read the list now and then. Absent: read the list each time. */
  readonly feed?: FeedRules['feed'];
  /** When a run stops and leaves the rest to the next one. Default 4 minutes. */
  readonly timeLimitMs?: number;
}

const TIME_LIMIT_MS = 240_000;
/** Longer than a claim lives. */
const CLAIM_WAIT_MS = 65_000;
const RESERVE_MS = 20_000;

/**
 * One run: finds what was created in the scopes since the checkpoint and hands it on. Everything created is handed on
 * exactly once however runs overlap, and at least once if one dies. Writes the report blob and returns it.
 * Throws the AppError of the first scope that failed, after the others had their turn.
 */
export async function runScan(options: ScanOptions): Promise<ScanReport> {
  const { blobs, log } = options;
  const run = {
    runId: crypto.randomUUID(),
    startedAt: new Date(),
    scopes: options.scopes.map(newScopeReport),
    findings: [] as Finding[],
    findingCount: 0,
  };
  const found = (findings: readonly Finding[]) => {
    run.findingCount += findings.length;
    run.findings.push(...findings.slice(0, MOST_FINDINGS_LISTED - run.findings.length));
  };
  const failure = await within(options.timeLimitMs ?? TIME_LIMIT_MS, 'app', () =>
    scanAll(options, run.scopes, found),
  ).then(
    () => undefined,
    (error: unknown) => asAppError(error),
  );
  const report = createReport({
    ...run,
    endedAt: new Date(),
    ...(failure ? { error: failure } : {}),
  });
  const written = blobs.write(REPORT_BLOB, JSON.stringify(report), 'overwrite');
  await written.catch((error: AppError) =>
    log.warn(`The report was not written. ${error.message}`),
  );
  const scopeFailure = run.scopes.find(({ outcome }) => outcome === 'failed')?.error;
  if (failure ?? scopeFailure) throw failure ?? scopeFailure;
  return report;
}

async function scanAll(
  options: ScanOptions,
  reports: readonly ScopeReport[],
  found: (findings: readonly Finding[]) => void,
): Promise<void> {
  const { blobs, log, publish } = options;
  const store = new CheckpointStore(blobs);
  const handOn = new HandOn(store, publish);
  const reserveMs = Math.min(RESERVE_MS, remainingMs() / 4);
  const tools = { resourceManager: options.resourceManager, store, handOn, found, reserveMs };
  await store.load();
  await forgetOtherScopes(options.scopes, store);
  found(await handOn.handOnOrphans());
  // Before any of them ends: what one remembers is forgotten only when no other can meet it.
  for (const { scope } of reports) await beginScope(scope.toLowerCase(), options, store);
  const rules = options.feed && { ...options, feed: options.feed };
  const toList = rules
    ? await scanChanges(reports, rules, tools)
    : reports.map((report) => ({ report, creations: [] }));
  for (const scope of toList) {
    const finished = await scanScope(scope.report, options, tools);
    if (finished && rules) await reconcile(scope, finished.begunAt, rules, tools);
  }
  for (const { scope, outcome, error } of reports) {
    if (error) log.warn(`Scan of ${scope}: ${outcome}. ${error.message} ${error.nextStep}`);
  }
  found(await handOn.waitForClaims(Math.min(CLAIM_WAIT_MS, remainingMs() - 1_000)));
}

/** A scope that comes back to the settings later begins like a new one. */
async function forgetOtherScopes(scopes: readonly string[], store: CheckpointStore): Promise<void> {
  const configured = new Set(scopes.map((scope) => scope.toLowerCase()));
  await store.update((checkpoint) => {
    const entries = Object.entries(checkpoint.scopes);
    const kept = entries.filter(([key]) => configured.has(key));
    return kept.length === entries.length
      ? checkpoint
      : { ...checkpoint, scopes: Object.fromEntries(kept) };
  });
}

function newScopeReport(scope: string): ScopeReport {
  return { scope, outcome: 'cut', pages: 0, resources: 0, unreadableCount: 0, unreadable: [] };
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError({
    code: 'UNEXPECTED',
    target: 'app',
    message: `The scan failed in a way that the app does not know (${error instanceof Error ? error.name : typeof error}).`,
    nextStep: 'Report it with the time and this message.',
    cause: error,
  });
}
