import type { Clock } from '../clock.ts';
import { QueryQuota } from '../resource-graph/query-quota.ts';
import type { RequestLimits } from '../resource-manager/request-limits.ts';
import {
  type IdentityLimitSettings,
  type LimitOrder,
  type LimitSettings,
  parseLimitOrder,
} from './limit-settings.ts';
import { createResourceManagerBuckets } from './resource-manager-buckets.ts';

/**
 * Azure's own limits, off until they are set:
 * `limits.set({ resourceManager: {}, identity: {} })` has the documented sizes; `limits.set({})` ends them.
 */
export class Limits {
  readonly #clock: Clock;
  #settings: LimitSettings = {};
  #resourceManager: RequestLimits | undefined;
  #resourceGraph: QueryQuota | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Replaces all settings; every bucket begins full. Throws ServiceError 400 that names a wrong field. */
  set(order: LimitOrder): void {
    const settings = parseLimitOrder(order);
    this.#settings = settings;
    this.#resourceManager =
      settings.resourceManager &&
      createResourceManagerBuckets(this.#clock, settings.resourceManager);
    this.#resourceGraph =
      settings.resourceGraph && new QueryQuota(this.#clock, settings.resourceGraph);
  }

  /** As they are in force. */
  get settings(): LimitSettings {
    return this.#settings;
  }

  get resourceManager(): RequestLimits | undefined {
    return this.#resourceManager;
  }

  get resourceGraph(): QueryQuota | undefined {
    return this.#resourceGraph;
  }

  get identity(): IdentityLimitSettings | undefined {
    return this.#settings.identity;
  }
}
