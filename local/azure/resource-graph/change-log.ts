import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { comparePropertiesOf, type PropertyChange } from './property-changes.ts';

/** What `resourcechanges` has of one change. */
export interface ResourceChange {
  /** Name of the Microsoft.Resources/changes resource. */
  readonly changeId: string;
  /** The state after it; before it, if it is a deletion. */
  readonly target: Resource;
  readonly changeType: 'Create' | 'Update' | 'Delete';
  readonly atMs: number;
  /** Object id. */
  readonly changedBy?: string;
  /** Of an Update, by path. */
  readonly changes?: Readonly<Record<string, PropertyChange>>;
}

/**
 * Azure: changes can be asked for during 14 days, those of deleted resources too.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes
 */
const KEPT_MS = 14 * 86_400_000;
/** Pretend: and no more than these, so that the memory has a bound. */
const KEPT_CHANGES = 100_000;

/**
 * The last changes of tracked resources and groups, oldest first.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes
 */
export class ChangeLog {
  readonly #clock: Clock;
  #changes: ResourceChange[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `before` and `after` as ResourceObserver tells them. An Update that changes nothing is none. */
  record(before: Resource | undefined, after: Resource | undefined, removedBy?: string): void {
    const target = after ?? before;
    if (!target) return;
    const changes = before && after ? comparePropertiesOf(before, after) : undefined;
    if (changes && Object.keys(changes).length === 0) return;
    const nowMs = this.#clock.nowMs();
    const atMs = after ? Date.parse(after.changedTime) : nowMs;
    if (atMs < nowMs - KEPT_MS) return;
    const changedBy = after ? after.changedBy : removedBy;
    this.#changes.push({
      changeId: randomUUID(),
      target,
      changeType: after ? (before ? 'Update' : 'Create') : 'Delete',
      atMs,
      ...(changedBy !== undefined && { changedBy }),
      ...(changes && { changes }),
    });
    if (this.#changes.length > KEPT_CHANGES * 1.1) {
      this.#changes = this.#changes.slice(-KEPT_CHANGES);
    }
  }

  /** Those that are kept still. */
  all(): readonly ResourceChange[] {
    const oldestMs = this.#clock.nowMs() - KEPT_MS;
    if ((this.#changes[0]?.atMs ?? oldestMs) < oldestMs) {
      this.#changes = this.#changes.filter(({ atMs }) => atMs >= oldestMs);
    }
    return this.#changes;
  }
}
