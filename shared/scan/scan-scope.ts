import { remainingMs } from '../deadline.ts';
import { AppError } from '../errors.ts';
import type { ListedResource, ResourcePage } from '../resource-manager.ts';
import { later, lowerBound, type Pass, type ScopeState } from './checkpoint.ts';
import { createdTimeOf, type Finding, toFinding } from './finding.ts';
import { PageWalk } from './page-walk.ts';
import { beginScope, finishPass, noteCut, type ScanRules } from './pass-state.ts';
import { noteFailure, noteUnreadable, type ScopeReport } from './scan-report.ts';
import { type ScopeScanTools, whileTimeIsLeft } from './scan-tools.ts';

/** Findings that are handed on together. */
const BATCH = 5_000;

/**
 * One pass over a scope, from its first page or from where the last run was cut. A pass that is cut (time limit,
 * throttling, a failing page) hands on what it has found and notes its page; the watermark moves only at the end of
 * a pass. Returns the pass if it was finished. Throws AppError if the checkpoint can't be written or findings can't be
 * handed on; what listing threw is in `report.error`.
 */
export async function scanScope(
  report: ScopeReport,
  rules: ScanRules,
  tools: ScopeScanTools,
): Promise<Pass | undefined> {
  const key = report.scope.toLowerCase();
  const begun = await beginScope(key, rules, tools.store);
  const scan = new ScopeScan(report, begun, rules, tools);
  const end = await scan.walkPages();
  await scan.handOnCollected();
  if (end === 'end') {
    await finishPass(key, scan.pass, rules.overlapMs, tools.store);
    report.outcome = 'finished';
    return scan.pass;
  }
  await noteCut(key, begun, scan.pass, tools.store);
  if (end !== 'time is up') noteFailure(report, end, tools.reserveMs);
  return undefined;
}

class ScopeScan {
  pass: Pass;
  readonly #report: ScopeReport;
  readonly #tools: ScopeScanTools;
  readonly #collected = new Map<string, Finding>();

  constructor(report: ScopeReport, begun: ScopeState, rules: ScanRules, tools: ScopeScanTools) {
    this.#report = report;
    this.#tools = tools;
    this.pass = begun.pass ?? {
      from: lowerBound(begun, rules.overlapMs),
      begunAt: tools.store.serverTime.toISOString(),
    };
  }

  async walkPages(): Promise<'end' | 'time is up' | AppError> {
    const walk = new PageWalk();
    const { scope } = this.#report;
    try {
      // Azure: a list is filtered to what the caller may read, so without its role a scan would find nothing and be content.
      await whileTimeIsLeft(this.#tools, () => this.#tools.resourceManager.probe(scope));
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
    for (;;) {
      if (remainingMs() <= this.#tools.reserveMs) return 'time is up';
      try {
        const { count, nextPage } = await this.#lookAtPage();
        if (nextPage === undefined) return 'end';
        walk.step(nextPage, count);
        this.pass = { ...this.pass, nextPage };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // A list without end begins anew next time: its page is no use.
        if (error.code === 'UNEXPECTED') this.pass = withoutPage(this.pass);
        return error;
      }
      if (this.#collected.size >= BATCH) await this.handOnCollected();
    }
  }

  async handOnCollected(): Promise<void> {
    const findings = [...this.#collected.values()];
    this.#collected.clear();
    if (findings.length === 0) return;
    this.#tools.found(await this.#tools.handOn.handOn(findings));
  }

  /** A function of its own: the loop around it would hold on to the resources while the next page comes. */
  async #lookAtPage(): Promise<{ readonly count: number; readonly nextPage?: string }> {
    const { resources, ...rest } = await this.#listPage();
    for (const resource of resources) this.#look(resource);
    return { count: resources.length, ...rest };
  }

  async #listPage(): Promise<ResourcePage> {
    const list = (page: string | undefined) =>
      whileTimeIsLeft(this.#tools, () =>
        this.#tools.resourceManager.listPage(this.#report.scope, page),
      );
    const { nextPage } = this.pass;
    const page = await list(nextPage).catch((error: unknown) => {
      const { status } = error as Partial<AppError>;
      const isStale =
        nextPage !== undefined && (status === 400 || status === 404 || status === 410);
      if (!isStale) throw error;
      // A noted page can be too old for ARM. The seen ids keep the pass from repeating itself.
      return list(undefined);
    });
    this.#report.pages += 1;
    this.#report.resources += page.resources.length;
    return page;
  }

  #look(resource: ListedResource): void {
    const createdTime = createdTimeOf(resource);
    if (createdTime === undefined) noteUnreadable(this.#report, resource.id);
    // Nearly all are old: they are put aside before an event id is computed.
    if (createdTime === undefined || createdTime < this.pass.from) return;
    const finding = toFinding(resource);
    if (!finding) return;
    this.pass = { ...this.pass, newest: later(this.pass.newest ?? '', finding.createdTime) };
    const isSeen = this.#tools.store.checkpoint.seen[finding.eventId] !== undefined;
    if (!isSeen) this.#collected.set(finding.eventId, finding);
  }
}

function withoutPage({ nextPage: _, ...pass }: Pass): Pass {
  return pass;
}
