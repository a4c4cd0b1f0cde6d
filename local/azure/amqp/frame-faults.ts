// Faults on demand at each AMQP frame that a client sends: `OPEN host`, `ATTACH hub`, `TRANSFER hub`, `FLOW hub`,
// `DETACH hub`, `BEGIN`, `DISPOSITION`, `END`, `CLOSE`. A put-token is `TRANSFER $cbs`.
import { AmqpError, trackingSuffix } from './amqp-error.ts';
import { PERFORMATIVE, type Performative } from './codec/performatives.ts';
import { readTerminus } from './codec/terminus.ts';
import { parseLinkAddress } from './link-address.ts';

/** The faults of the plan, as far as they mean something for a frame. */
export type FrameFault =
  | { readonly kind: 'hang' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'wrongBody'; readonly body: string }
  /** `body`, where given, is the AMQP condition instead of the one that fits the status. */
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  | { readonly kind: 'cutRequest' | 'cutResponse'; readonly afterwards: string };

export interface FrameFaults {
  /** False: no frame need be named. */
  readonly isArmed: boolean;
  /** The fault for this frame, if one is due. */
  take(operation: string): FrameFault | undefined;
}

const names = new Map(Object.entries(PERFORMATIVE).map(([name, code]) => [code as number, name]));

/** `addressOf`: of the link with this handle. */
export function nameFrame(
  performative: Performative,
  addressOf: (handle: number) => string | undefined,
): string {
  const { code } = performative;
  const name = (names.get(code) ?? 'unknown').toUpperCase();
  const subject = subjectOf(performative, addressOf);
  return subject === undefined ? name : `${name} ${subject}`;
}

function subjectOf(
  performative: Performative,
  addressOf: (handle: number) => string | undefined,
): string | undefined {
  switch (performative.code) {
    case PERFORMATIVE.open:
      return performative.optionalString(1);
    case PERFORMATIVE.attach: {
      const terminus = readTerminus(performative.encoded(performative.boolean(2) ? 5 : 6));
      return withoutHost(terminus.address);
    }
    case PERFORMATIVE.transfer:
    case PERFORMATIVE.detach:
      return withoutHost(addressOf(performative.number(0)));
    case PERFORMATIVE.flow: {
      const handle = performative.optionalNumber(4);
      return handle === undefined ? undefined : withoutHost(addressOf(handle));
    }
    default:
      return undefined;
  }
}

function withoutHost(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const { path, isManagement } = parseLinkAddress(address);
  return isManagement ? `${path}/$management`.replace(/^\//, '') : path;
}

/**
 * What a `status` fault says. Source: the condition of each is the SDKs' `ConditionStatusMapper`; the text of 503,
 * troubleshooting guides of both services (error 50002 and 50009).
 */
export function errorOfStatus({
  status,
  body,
}: Extract<FrameFault, { kind: 'status' }>): AmqpError {
  const condition = body ?? conditions[status] ?? 'amqp:internal-error';
  const text =
    condition === 'com.microsoft:server-busy'
      ? 'The request was terminated because the entity is being throttled. Error code : 50002. Please wait 4 seconds and try again.'
      : 'The service was unable to process the request; please retry the operation.';
  return new AmqpError(condition, `${text} ${trackingSuffix(Date.now())}`, status);
}

const conditions: Readonly<Record<number, string>> = {
  400: 'com.microsoft:argument-error',
  401: 'amqp:unauthorized-access',
  403: 'amqp:resource-limit-exceeded',
  404: 'amqp:not-found',
  408: 'com.microsoft:timeout',
  410: 'amqp:link:detach-forced',
  429: 'com.microsoft:server-busy',
  500: 'amqp:internal-error',
  501: 'amqp:not-implemented',
  503: 'com.microsoft:server-busy',
};
