import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import { createJsonService } from '../http/json-service.ts';
import type { Listener } from '../http/server.ts';
import { ServiceError } from '../http/service-error.ts';
import type { Journal } from '../journal.ts';
import type { IdentityLimitSettings } from './limit-settings.ts';
import { TokenBucket } from './token-bucket.ts';

interface Asker {
  readonly settings: IdentityLimitSettings;
  readonly bucket: TokenBucket;
  pending: number;
}

interface IdentityLimitParts {
  readonly door: 'imds' | 'app-service-identity';
  readonly clock: Clock;
  readonly journal: Journal;
  /** The settings in force now; undefined: no limit. */
  readonly settings: () => IdentityLimitSettings | undefined;
  /** The app or machine that asks; undefined for a stranger, whom the door refuses anyway. */
  readonly askerOf: (request: IncomingMessage) => string | undefined;
}

/**
 * An identity endpoint's listener behind its rate limit: so many requests a second and so many at once, for each
 * app or machine. A request counts as pending from its arrival until its answer is out.
 * Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#rate-limiting
 * Pretend: App Service's endpoint publishes no limit; it has that of IMDS.
 */
export function limitIdentityRequests(parts: IdentityLimitParts, listener: Listener): Listener {
  const refuse = createRefusal(parts);
  const askers = new Map<string, Asker>();
  return (request, response) => {
    const settings = parts.settings();
    const name = settings && parts.askerOf(request);
    if (!settings || name === undefined) {
      listener(request, response);
      return;
    }
    const asker = askerOf(name, settings);
    if (asker.pending >= settings.concurrentRequests || !asker.bucket.take()) {
      refuse(request, response);
      return;
    }
    asker.pending += 1;
    response.once('close', () => {
      asker.pending -= 1;
    });
    listener(request, response);
  };

  /** New settings begin with a full bucket. */
  function askerOf(name: string, settings: IdentityLimitSettings): Asker {
    const known = askers.get(name);
    if (known?.settings === settings) return known;
    const { requestsPerSecond } = settings;
    const size = { size: requestsPerSecond, refillPerSecond: requestsPerSecond };
    const asker = { settings, bucket: new TokenBucket(parts.clock, size), pending: 0 };
    askers.set(name, asker);
    return asker;
  }
}

/** Azure: without Retry-After. Source: [hashicorp/terraform-provider-azurerm#20901] for the body of IMDS. */
function createRefusal({ door, journal }: IdentityLimitParts): Listener {
  const message = 'Temporarily throttled, too many requests';
  return createJsonService({
    door,
    journal,
    maxBodyBytes: 4096,
    handle: async () => {
      throw new ServiceError(429, 'invalid_request', message);
    },
    renderError: ({ status, code }) => ({
      status,
      body:
        door === 'imds'
          ? { error: code, error_description: message }
          : { statusCode: status, message },
    }),
  });
}
