import { AppError } from '../errors.ts';
import type { Creation, ResourceGraph } from '../resource-graph.ts';
import type { ListedResource } from '../resource-manager.ts';
import { earlier, type FeedState, later, lowerBound } from './checkpoint.ts';
import { noteFeed } from './feed-state.ts';
import { eventIdOf, type Finding, toFinding } from './finding.ts';
import { byGroup, lookUp } from './look-up.ts';
import type { ScanRules } from './pass-state.ts';
import { noteFailure, noteUnreadable, type ScopeReport } from './scan-report.ts';
import { type ScopeScanTools, whileTimeIsLeft } from './scan-tools.ts';

export interface FeedRules extends ScanRules {
  readonly feed: {
    readonly resourceGraph: ResourceGraph;
    /** How often the list is read all the same. */
    readonly reconcileMs: number;
  };
}

/** Findings that are handed on together. */
const BATCH = 5_000;
/** Reading so many groups costs more than a pass over the list. */
const MOST_GROUPS = 50;
/** What ARM has not listed by then was deleted, or is left to the list. */
const LOOK_UP_MS = 3_600_000;
/** So long an answer without news is believed without asking whether we may read there. */
const PROOF_LASTS_MS = 3_600_000;

/** What the feed shows of one scope that has been listed before, at one time (ISO 8601, the storage service's clock). */
export class ChangeScan {
  readonly report: ScopeReport;
  readonly creations: readonly Creation[];
  readonly #fresh: readonly Creation[];
  readonly #feed: FeedState | undefined;
  /** What was created before was handed on and may be forgotten, or was there before the first run. */
  readonly #from: string;
  readonly #rules: FeedRules;
  readonly #tools: ScopeScanTools;
  readonly #asOf: string;
  readonly #findings: Finding[] = [];
  readonly #done: Creation[] = [];

  constructor(
    report: ScopeReport,
    creations: readonly Creation[],
    asOf: string,
    rules: FeedRules,
    tools: ScopeScanTools,
  ) {
    this.report = report;
    this.creations = creations.filter(({ resourceId }) => isIn(report.scope, resourceId));
    const state = tools.store.checkpoint.scopes[report.scope.toLowerCase()];
    this.#feed = state?.feed;
    this.#from = state ? lowerBound(state, rules.overlapMs) : '';
    this.#rules = rules;
    this.#tools = tools;
    this.#asOf = asOf;
    this.#fresh = this.creations.filter(
      (creation) => this.#feed?.done[keyOf(creation)] === undefined,
    );
  }

  /** Whether a pass over the list takes fewer requests. */
  get isTooMuch(): boolean {
    return byGroup(this.#fresh).size > MOST_GROUPS;
  }

  /** Throws AppError if the checkpoint can't be written or findings can't be handed on. */
  async run(): Promise<void> {
    const { report } = this;
    report.feed = 'resourceGraph';
    report.resources += this.creations.length;
    let failure = await this.#lookUpFresh();
    await this.#handOn();
    let watermark = '';
    if (!failure) {
      const reached = await this.#reach();
      if (typeof reached === 'string') watermark = reached;
      else failure = reached;
    }
    const progress = { watermark, done: doneChanges(this.#done) };
    await noteFeed(this.#key, progress, this.#rules.overlapMs, this.#tools.store);
    if (failure) noteFailure(report, failure, this.#tools.reserveMs);
    else report.outcome = 'finished';
  }

  get #key(): string {
    return this.report.scope.toLowerCase();
  }

  /** Returns what ARM's list threw; what was read before it counts. */
  async #lookUpFresh(): Promise<AppError | undefined> {
    for (const [group, creations] of byGroup(this.#fresh)) {
      if (group === undefined) {
        this.#done.push(...creations);
        continue;
      }
      try {
        const met = await lookUp(group, creations, (scope, page) => this.#listPage(scope, page));
        for (const creation of creations) {
          this.#look(creation, met.get(creation.resourceId.toLowerCase()));
        }
      } catch (error) {
        if (error instanceof AppError) return error;
        throw error;
      }
    }
    return undefined;
  }

  async #listPage(scope: string, page: string | undefined) {
    const { resourceManager } = this.#tools;
    const listed = await whileTimeIsLeft(this.#tools, () => resourceManager.listPage(scope, page));
    this.report.pages += 1;
    return listed;
  }

  #look(creation: Creation, resource: ListedResource | undefined): void {
    const ageMs = Date.parse(this.#asOf) - Date.parse(creation.changeTime);
    if (!resource && ageMs < LOOK_UP_MS) return;
    this.#done.push(creation);
    if (!resource) return;
    const finding = toFinding(resource);
    if (!finding) noteUnreadable(this.report, resource.id);
    else if (finding.createdTime >= this.#from) this.#findings.push(finding);
  }

  async #handOn(): Promise<void> {
    const { handOn, found } = this.#tools;
    for (let start = 0; start < this.#findings.length; start += BATCH) {
      found(await handOn.handOn(this.#findings.slice(start, start + BATCH)));
    }
  }

  /**
   * The new watermark: the newest change; without news, now, but only if a GET of the scope succeeds. '' leaves it.
   * Azure: whoever may read nothing gets the same answer as if nothing had happened.
   */
  async #reach(): Promise<string | AppError> {
    const known = this.#feed?.watermark ?? '';
    const newest = this.creations.reduce((a, { changeTime }) => later(a, changeTime), '');
    // A time ahead of all clocks must not take the watermark along.
    if (newest > known) return earlier(newest, this.#asOf);
    if (Date.parse(this.#asOf) - Date.parse(known) < PROOF_LASTS_MS) return '';
    const denial = await probe(this.report.scope, this.#tools);
    return denial ?? this.#asOf;
  }
}

/** What a GET of the scope threw. */
export async function probe(scope: string, tools: ScopeScanTools): Promise<AppError | undefined> {
  try {
    await whileTimeIsLeft(tools, () => tools.resourceManager.probe(scope));
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Key → time of change, as the checkpoint keeps what is done with. */
export function doneChanges(creations: readonly Creation[]): Readonly<Record<string, string>> {
  return Object.fromEntries(creations.map((one) => [keyOf(one), one.changeTime]));
}

function keyOf({ resourceId, changeTime }: Creation): string {
  return eventIdOf(resourceId, changeTime);
}

function isIn(scope: string, resourceId: string): boolean {
  return resourceId.toLowerCase().startsWith(`${scope.toLowerCase()}/`);
}
