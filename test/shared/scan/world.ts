// A small world for the scan's logic: resources in pages, and a container with real ETag semantics.
import type { BlobContent, Blobs } from '../../../shared/blobs.ts';
import { AppError } from '../../../shared/errors.ts';
import { operations } from '../../../shared/operations.ts';
import type { ListedResource, ResourceManager } from '../../../shared/resource-manager.ts';
import type { Checkpoint } from '../../../shared/scan/checkpoint.ts';
import type { Finding } from '../../../shared/scan/finding.ts';
import { runScan, type ScanOptions } from '../../../shared/scan/run-scan.ts';
import type { ScanReport } from '../../../shared/scan/scan-report.ts';

export const SCOPE = '/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e/resourceGroups/rg-app';
const HOUR_MS = 3_600_000;

export class World {
  /** The clock of Azure. */
  nowMs = Date.parse('2026-11-25T12:00:00Z');
  resources: ListedResource[] = [];
  pageSize = 10;
  readonly published: Finding[] = [];
  readonly pagesRead: (string | undefined)[] = [];
  readonly blobs = new MemoryBlobs(() => this.nowMs);
  /** Before page n (from 1, over all runs) is given out. */
  onPage: (page: number) => Promise<void> | void = () => {};
  onPublish: (findings: readonly Finding[]) => Promise<void> | void = () => {};

  /** A resource that was created so many hours ago. */
  create(name: string, hoursAgo = 0): ListedResource {
    const resource = {
      id: `${SCOPE}/providers/Microsoft.Test/things/${name}`,
      name,
      type: 'Microsoft.Test/things',
      location: 'westeurope',
      createdTime: new Date(this.nowMs - hoursAgo * HOUR_MS),
    };
    this.resources.push(resource);
    return resource;
  }

  passHours(hours: number): void {
    this.nowMs += hours * HOUR_MS;
  }

  get names(): string[] {
    return this.published.map(({ name }) => name);
  }

  get checkpoint(): Checkpoint {
    return JSON.parse(this.blobs.texts.get('scan-checkpoint.json') ?? 'null') as Checkpoint;
  }

  readonly resourceManager: ResourceManager = {
    listPage: async (_scope, page) => {
      this.pagesRead.push(page);
      await this.onPage(this.pagesRead.length);
      const start = page === undefined ? 0 : Number(page);
      const end = start + this.pageSize;
      return {
        resources: this.resources.slice(start, end),
        ...(end < this.resources.length ? { nextPage: String(end) } : {}),
      };
    },
    probe: async (scope) => operations.readScope(scope),
  };

  async scan(options: Partial<ScanOptions> = {}): Promise<ScanReport> {
    return runScan({
      scopes: [SCOPE],
      lookbackMs: 24 * HOUR_MS,
      overlapMs: 48 * HOUR_MS,
      resourceManager: this.resourceManager,
      blobs: this.blobs,
      publish: async (findings) => {
        await this.onPublish(findings);
        this.published.push(...findings);
      },
      log: { info: () => {}, warn: () => {}, error: () => {} },
      timeLimitMs: 5_000,
      ...options,
    });
  }
}

export class MemoryBlobs implements Pick<Blobs, 'read' | 'write'> {
  readonly texts = new Map<string, string>();
  readonly #etags = new Map<string, string>();
  readonly #nowMs: () => number;
  writes = 0;
  conflicts = 0;
  /** Before a write is looked at. */
  onWrite: (name: string) => Promise<void> | void = () => {};

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async read(name: string): Promise<BlobContent> {
    await null;
    const [text, etag] = [this.texts.get(name), this.#etags.get(name)];
    const serverTime = new Date(this.#nowMs());
    return { serverTime, ...(text !== undefined && { text }), ...(etag !== undefined && { etag }) };
  }

  async write(
    name: string,
    text: string,
    ifMatch: string | undefined,
  ): Promise<string | undefined> {
    await this.onWrite(name);
    if (ifMatch !== 'overwrite' && ifMatch !== this.#etags.get(name)) {
      this.conflicts += 1;
      return undefined;
    }
    this.writes += 1;
    const etag = `"${this.writes}"`;
    this.texts.set(name, text);
    this.#etags.set(name, etag);
    return etag;
  }

  remove(name: string): void {
    this.texts.delete(name);
    this.#etags.delete(name);
  }

  put(name: string, text: string): void {
    this.texts.set(name, text);
    this.#etags.set(name, `"put-${text.length}"`);
  }
}

export function armFailure(fields: Partial<ConstructorParameters<typeof AppError>[0]>): AppError {
  return new AppError({
    code: 'TARGET_UNAVAILABLE',
    target: 'resource-manager',
    message: 'resource-manager failed.',
    nextStep: 'Try again.',
    ...fields,
  });
}
