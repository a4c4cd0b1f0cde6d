import type { Clock } from '../clock.ts';
import type {
  Allowance,
  LimitedRequest,
  RequestLimits,
} from '../resource-manager/request-limits.ts';
import type { ResourceManagerLimitSettings } from './limit-settings.ts';
import { type BucketSize, TokenBucket } from './token-bucket.ts';

/**
 * ARM's buckets: one per subscription (or the tenant), principal and kind of request, and one per subscription
 * and kind for all principals together. A refused request costs nothing.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
export function createResourceManagerBuckets(
  clock: Clock,
  settings: ResourceManagerLimitSettings,
): RequestLimits {
  const buckets = new Map<string, TokenBucket>();
  const bucketOf = (key: string, size: BucketSize): TokenBucket => {
    const bucket = buckets.get(key) ?? new TokenBucket(clock, size);
    buckets.set(key, bucket);
    return bucket;
  };
  return {
    take({ kind, subscriptionId, principalId }: LimitedRequest): Allowance {
      const size = settings[kind];
      const scope = subscriptionId?.toLowerCase() ?? 'tenant';
      const own = bucketOf(`${scope} ${kind} ${principalId.toLowerCase()}`, size);
      const all =
        subscriptionId === undefined
          ? undefined
          : bucketOf(`${scope} ${kind}`, multiply(size, settings.globalFactor));
      const empty = [own, all].find((bucket) => bucket?.remaining === 0);
      if (empty) return { allowed: false, retryAfterSeconds: empty.retryAfterSeconds };
      own.take();
      all?.take();
      return {
        allowed: true,
        remaining: own.remaining,
        ...(all && { globalRemaining: all.remaining }),
      };
    },
  };
}

function multiply({ size, refillPerSecond }: BucketSize, factor: number): BucketSize {
  return { size: size * factor, refillPerSecond: refillPerSecond * factor };
}
