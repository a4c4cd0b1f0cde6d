import { timingSafeEqual } from 'node:crypto';
import type { Behaviour } from '../behaviour/behaviour.ts';
import type { BehaviourOrder } from '../behaviour/behaviour-order.ts';
import { type Clock, MovableClock } from '../clock.ts';
import type { Door } from '../doors.ts';
import {
  createJsonService,
  type ServiceRequest,
  type ServiceResponse,
} from '../http/json-service.ts';
import type { Listener } from '../http/server.ts';
import { ServiceError } from '../http/service-error.ts';
import type { Journal } from '../journal.ts';
import type { LimitOrder } from '../limits/limit-settings.ts';
import type { Limits } from '../limits/limits.ts';
import type { FaultPlan } from './fault-plan.ts';
import { parseFaultOrder } from './parse-fault-order.ts';

export interface ControlParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly faults: FaultPlan;
  readonly limits: Limits;
  readonly behaviour: Behaviour;
  readonly doors: {
    close(door: Door): Promise<void>;
    reopen(door: Door): Promise<void>;
  };
  /** Returns what the app's environment has from now on. */
  readonly rotateIdentityHeader: (resourceId: string) => Readonly<Record<string, string>>;
  /** Random per start; callers send it as `x-control-secret`. */
  readonly secret: string;
}

/**
 * Lets a test in another process, or in another language, direct the embedded Azure:
 * `POST /faults` (a FaultOrder; answers its number), `DELETE /faults[/{number}]`,
 * `POST /doors/{door}/close` and `/open` (connections are refused in between), `PUT /limits` (a LimitOrder),
 * `GET /limits`, `PUT /behaviour` (a BehaviourOrder), `GET /journal?since={sequence}`,
 * `POST /clock {"advanceMs": n}`, `POST /identity-header {"resourceId": id}` (the old header of that app is refused
 * from now on; answers its new environment).
 * Azure has nothing like it; without the secret everything is 403.
 */
export function createControlEndpoint(parts: ControlParts): Listener {
  return createJsonService({
    door: 'control',
    journal: parts.journal,
    maxBodyBytes: 64 * 1024,
    handle: (request) => handle(parts, request),
    renderError: ({ status, code, message }) => ({ status, body: { error: { code, message } } }),
  });
}

async function handle(parts: ControlParts, request: ServiceRequest): Promise<ServiceResponse> {
  requireSecret(parts.secret, request.headers['x-control-secret']);
  const { pathname, searchParams } = request.url;
  const [, room, item, action] = pathname.split('/');
  switch (`${request.method} /${room}`) {
    case 'POST /faults':
      return { status: 201, body: { id: parts.faults.arm(parseFaultOrder(json(request))) } };
    case 'DELETE /faults':
      if (item) parts.faults.withdraw(Number(item));
      else parts.faults.clear();
      return { status: 204 };
    case 'POST /doors':
      await changeDoor(parts.doors, item as Door, action);
      return { status: 204 };
    case 'PUT /limits':
      parts.limits.set(json(request) as LimitOrder);
      return { status: 200, body: parts.limits.settings };
    case 'GET /limits':
      return { status: 200, body: parts.limits.settings };
    case 'PUT /behaviour':
      parts.behaviour.set(json(request) as BehaviourOrder);
      return { status: 204 };
    case 'GET /journal':
      return {
        status: 200,
        body: { value: parts.journal.since(Number(searchParams.get('since') ?? 0)) },
      };
    case 'POST /clock':
      return { status: 200, body: { now: new Date(moveClock(parts.clock, json(request))) } };
    case 'POST /identity-header':
      return { status: 200, body: parts.rotateIdentityHeader(resourceIdIn(json(request))) };
    default:
      throw new ServiceError(404, 'NotFound', `There is no ${request.method} ${pathname}.`);
  }
}

async function changeDoor(
  doors: ControlParts['doors'],
  door: Door,
  action: string | undefined,
): Promise<void> {
  try {
    if (action === 'close') return await doors.close(door);
    if (action === 'open') return await doors.reopen(door);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ServiceError(404, 'DoorNotFound', `There is no door '${door}'.`, { cause });
  }
  throw new ServiceError(404, 'NotFound', "A door has 'close' and 'open'.");
}

function requireSecret(secret: string, given: unknown): void {
  const expected = Buffer.from(secret);
  const received = Buffer.from(typeof given === 'string' ? given : '');
  if (expected.length !== received.length || !timingSafeEqual(expected, received)) {
    throw new ServiceError(403, 'Forbidden', 'The header x-control-secret is missing or wrong.');
  }
}

function json({ body }: ServiceRequest): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new ServiceError(400, 'InvalidRequestContent', 'The body is not JSON.', { cause });
  }
}

function resourceIdIn(body: unknown): string {
  const { resourceId } = (body ?? {}) as { resourceId?: unknown };
  if (typeof resourceId === 'string' && resourceId.startsWith('/')) return resourceId;
  throw new ServiceError(400, 'InvalidIdentityOrder', "'resourceId' must be the id of an app.");
}

function moveClock(clock: Clock, body: unknown): number {
  const { advanceMs } = (body ?? {}) as { advanceMs?: unknown };
  if (!(clock instanceof MovableClock) || !Number.isInteger(advanceMs)) {
    throw new ServiceError(400, 'InvalidClockOrder', "'advanceMs' must be a whole number.");
  }
  clock.advanceMs(advanceMs as number);
  return clock.nowMs();
}
