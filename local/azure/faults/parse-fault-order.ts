import type { Door } from '../doors.ts';
import { ServiceError } from '../http/service-error.ts';
import type { Fault, FaultOrder } from './fault.ts';
import { isOfItsDoor } from './fault-plan.ts';

const DOORS: readonly Door[] = [
  'resource-manager',
  'key-vault',
  'blob',
  'entra',
  'graph',
  'app-service',
  'messaging',
  'sql',
  'app-service-identity',
  'imds',
];

/** A fault order from outside the process. Throws ServiceError 400 that names the wrong field. */
export function parseFaultOrder(value: unknown): FaultOrder {
  const order = asObject(value, 'the order');
  const known = ['door', 'operation', 'nth', 'times', 'share', 'seed', 'fault'];
  for (const name of Object.keys(order)) check(known.includes(name), name, 'is not a field');
  check(DOORS.includes(order.door as Door), 'door', `must be one of ${DOORS.join(', ')}`);
  for (const name of ['nth', 'seed'])
    optional(order, name, isCount, 'must be a whole number from 1');
  optional(order, 'operation', isText, 'must be text such as "GET /secrets/*"');
  optional(
    order,
    'times',
    (times) => times === 'always' || isCount(times),
    'must be a whole number from 1, or "always"',
  );
  optional(
    order,
    'share',
    (share) => typeof share === 'number' && share >= 0 && share <= 1,
    'must be from 0 to 1',
  );
  const parsed = { ...order, fault: parseFault(order.fault) } as FaultOrder;
  check(isOfItsDoor(parsed), 'fault.kind', 'is of the door sql alone');
  return parsed;
}

function parseFault(value: unknown): Fault {
  const fault = asObject(value, 'fault');
  const cutEnds = ['silence', 'fin', 'rst'];
  const isCut = () => fault.atPercent === 0 || fault.atPercent === 50;
  switch (fault.kind) {
    case 'hang':
      break;
    case 'slow':
      check(isCount(fault.delayMs), 'fault.delayMs', 'must be a whole number of milliseconds');
      break;
    case 'wrongBody':
      check(isText(fault.body), 'fault.body', 'must be text');
      break;
    case 'sqlError':
      check(isCount(fault.number), 'fault.number', "must be a number of SQL Server's errors");
      optional(fault, 'message', isText, 'must be text');
      optional(
        fault,
        'severity',
        (severity) => isCount(severity) && severity >= 11 && severity <= 25,
        'must be from 11 to 25',
      );
      optional(
        fault,
        'state',
        (state) => isCount(state) && state <= 255,
        'must be a whole number from 1 to 255',
      );
      break;
    case 'status':
      check(
        isCount(fault.status) && fault.status >= 200 && fault.status < 600,
        'fault.status',
        'must be an HTTP status from 200 to 599',
      );
      optional(fault, 'retryAfter', isText, 'must be text: seconds or an HTTP date');
      optional(fault, 'body', isText, 'must be text');
      break;
    case 'cutRequest':
    case 'cutResponse': {
      const ends = fault.kind === 'cutResponse' ? [...cutEnds, 'end'] : cutEnds;
      check(isCut(), 'fault.atPercent', 'must be 0 or 50');
      check(
        ends.includes(String(fault.afterwards)),
        'fault.afterwards',
        `must be one of ${ends.join(', ')}`,
      );
      break;
    }
    default:
      check(
        false,
        'fault.kind',
        'must be cutRequest, cutResponse, hang, status, slow, sqlError or wrongBody',
      );
  }
  return fault as unknown as Fault;
}

function asObject(value: unknown, name: string): Record<string, unknown> {
  check(
    typeof value === 'object' && value !== null && !Array.isArray(value),
    name,
    'must be an object',
  );
  return value as Record<string, unknown>;
}

function optional(
  object: Record<string, unknown>,
  name: string,
  fits: (value: unknown) => boolean,
  complaint: string,
): void {
  check(object[name] === undefined || fits(object[name]), name, complaint);
}

function check(fits: boolean, name: string, complaint: string): void {
  if (!fits) throw new ServiceError(400, 'InvalidFaultOrder', `'${name}' ${complaint}.`);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
