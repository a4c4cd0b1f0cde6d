// The small world with Resource Graph beside ARM's list, each with what it does not show yet.
import type { ResourceGraph } from '../../../shared/resource-graph.ts';
import type { ListedResource } from '../../../shared/resource-manager.ts';
import type { ScanOptions } from '../../../shared/scan/run-scan.ts';
import type { ScanReport } from '../../../shared/scan/scan-report.ts';
import { SCOPE, World } from './world.ts';

interface Change {
  readonly resourceId: string;
  readonly changeTime: string;
}

const DAY_MS = 86_400_000;

export class FeedWorld extends World {
  readonly changes: Change[] = [];
  readonly queries: { readonly scopes: readonly string[]; readonly since: string }[] = [];
  readonly probes: string[] = [];
  changesOnPage = 1000;
  /** Before an answer of Resource Graph is given out. */
  onQuery: () => void = () => {};
  onProbe: (scope: string) => void = () => {};

  constructor() {
    super();
    const { probe } = this.resourceManager;
    this.resourceManager.probe = async (scope) => {
      this.probes.push(scope);
      this.onProbe(scope);
      return probe(scope);
    };
  }

  /** Azure: Resource Graph sees a creation a while after it. */
  override create(name: string, hoursAgo = 0.02): ListedResource {
    const resource = super.create(name, hoursAgo);
    this.show(resource);
    return resource;
  }

  /** Only ARM's list has it. */
  createUnseen(name: string): ListedResource {
    return super.create(name);
  }

  show({ id = '', createdTime = new Date(this.nowMs) }: ListedResource, laterMs = 40_000): void {
    const changeTime = new Date(createdTime.getTime() + laterMs).toISOString();
    this.changes.push({ resourceId: id, changeTime });
  }

  /** Not in ARM's list, but its change is there. */
  createUnlisted(name: string): ListedResource {
    const resource = this.create(name);
    this.resources = this.resources.filter((one) => one !== resource);
    return resource;
  }

  /** Requests to ARM since the last call: queries, list pages, GETs. */
  takeRequests(): { queries: number; pages: number; probes: number } {
    const { queries, pagesRead, probes } = this;
    const taken = {
      queries: queries.length,
      pages: pagesRead.length,
      probes: probes.length,
    };
    for (const list of [queries, pagesRead, probes]) list.length = 0;
    return taken;
  }

  readonly resourceGraph: ResourceGraph = {
    listCreations: async (scopes, since, page) => {
      this.queries.push({ scopes, since });
      this.onQuery();
      const shown = this.changes
        .filter(({ changeTime }) => changeTime >= since)
        .filter(({ changeTime }) => Date.parse(changeTime) <= this.nowMs)
        .filter(({ changeTime }) => Date.parse(changeTime) > this.nowMs - 14 * DAY_MS)
        .filter(({ resourceId }) => scopes.some((scope) => resourceId.startsWith(`${scope}/`)));
      const start = Number(page ?? 0);
      const end = start + this.changesOnPage;
      return {
        creations: shown.slice(start, end),
        ...(end < shown.length && { nextPage: String(end) }),
      };
    },
  };

  follow(options: Partial<ScanOptions> = {}): Promise<ScanReport> {
    return this.scan({
      feed: { resourceGraph: this.resourceGraph, reconcileMs: DAY_MS },
      ...options,
    });
  }

  get feed() {
    return this.checkpoint.scopes[SCOPE.toLowerCase()]?.feed;
  }
}
