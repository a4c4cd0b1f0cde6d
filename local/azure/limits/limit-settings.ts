import { ServiceError } from '../http/service-error.ts';
import { DOCUMENTED_QUOTA, type QueryQuotaSize } from '../resource-graph/query-quota.ts';
import type { BucketSize } from './token-bucket.ts';

/** Sizes per subscription (or tenant), principal and kind of request. */
export interface ResourceManagerLimitSettings {
  readonly reads: BucketSize;
  readonly writes: BucketSize;
  readonly deletes: BucketSize;
  /** A subscription's bucket for all principals together is so many times theirs. */
  readonly globalFactor: number;
}

/** Per app or virtual machine. */
export interface IdentityLimitSettings {
  readonly requestsPerSecond: number;
  readonly concurrentRequests: number;
}

/** Azure's own limits as they are in force; a part that is absent limits nothing. */
export interface LimitSettings {
  readonly resourceManager?: ResourceManagerLimitSettings;
  readonly resourceGraph?: QueryQuotaSize;
  readonly identity?: IdentityLimitSettings;
}

/** What a test asks for: `{ resourceManager: {} }` has the documented sizes; what is absent is off. */
export interface LimitOrder {
  readonly resourceManager?: Partial<ResourceManagerLimitSettings>;
  readonly resourceGraph?: Partial<QueryQuotaSize>;
  readonly identity?: Partial<IdentityLimitSettings>;
}

/**
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 * Azure: recorded headers begin at 1,099 reads and 799 writes, so real buckets are larger than documented
 * [R1]: `{ reads: { size: 1100, refillPerSecond: 25 } }` gives those.
 */
const DOCUMENTED: ResourceManagerLimitSettings = {
  reads: { size: 250, refillPerSecond: 25 },
  writes: { size: 200, refillPerSecond: 10 },
  deletes: { size: 200, refillPerSecond: 10 },
  globalFactor: 15,
};

/** Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#rate-limiting */
const IDENTITY: IdentityLimitSettings = { requestsPerSecond: 20, concurrentRequests: 5 };

/** The settings that an order amounts to. Throws ServiceError 400 that names a wrong field. */
export function parseLimitOrder(value: unknown): LimitSettings {
  const order = members(value, 'the order', ['resourceManager', 'resourceGraph', 'identity']);
  const { resourceManager, resourceGraph, identity } = order;
  return {
    ...(resourceManager !== undefined && { resourceManager: parseArm(resourceManager) }),
    ...(resourceGraph !== undefined && { resourceGraph: parseGraph(resourceGraph) }),
    ...(identity !== undefined && { identity: parseIdentity(identity) }),
  };
}

function parseArm(value: unknown): ResourceManagerLimitSettings {
  const kinds = ['reads', 'writes', 'deletes'] as const;
  const given = members(value, 'resourceManager', [...kinds, 'globalFactor']);
  const sizes = Object.fromEntries(
    kinds
      .filter((kind) => given[kind] !== undefined)
      .map((kind) => [kind, parseSize(given[kind], `resourceManager.${kind}`)]),
  );
  const globalFactor = positive(given.globalFactor, 'resourceManager.globalFactor');
  return { ...DOCUMENTED, ...sizes, ...(globalFactor !== undefined && { globalFactor }) };
}

function parseSize(value: unknown, name: string): BucketSize {
  const given = members(value, name, ['size', 'refillPerSecond']);
  const size = positive(given.size, `${name}.size`);
  const refillPerSecond = positive(given.refillPerSecond, `${name}.refillPerSecond`);
  if (size === undefined || refillPerSecond === undefined) {
    throw invalid(name, "must have 'size' and 'refillPerSecond'");
  }
  return { size, refillPerSecond };
}

function parseGraph(value: unknown): QueryQuotaSize {
  const given = members(value, 'resourceGraph', ['queries', 'windowSeconds']);
  for (const [name, count] of Object.entries(given)) positive(count, `resourceGraph.${name}`);
  return { ...DOCUMENTED_QUOTA, ...given };
}

function parseIdentity(value: unknown): IdentityLimitSettings {
  const given = members(value, 'identity', ['requestsPerSecond', 'concurrentRequests']);
  for (const [name, count] of Object.entries(given)) positive(count, `identity.${name}`);
  return { ...IDENTITY, ...given };
}

function members(value: unknown, name: string, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(name, 'must be an object');
  }
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) throw invalid(stranger, `is not a field of ${name}`);
  return value as Record<string, unknown>;
}

function positive(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw invalid(name, 'must be a number above 0');
}

function invalid(name: string, complaint: string): ServiceError {
  return new ServiceError(400, 'InvalidLimitOrder', `'${name}' ${complaint}.`);
}
