import { randomUUID } from 'node:crypto';

/**
 * What a messaging door refuses, in AMQP's terms. Where it is thrown decides how it travels: as the error of a
 * detach, of a rejected disposition, or as status of a `$management` answer; `condition` and `message` go out
 * as they are.
 */
export class AmqpError extends Error {
  override readonly name = 'AmqpError';
  /** `amqp:not-found`, `com.microsoft:message-lock-lost` … */
  readonly condition: string;
  /** Status of a `$management` answer. */
  readonly statusCode: number;

  constructor(condition: string, message: string, statusCode = statusCodes[condition] ?? 500) {
    super(message);
    this.condition = condition;
    this.statusCode = statusCode;
  }
}

/** Source: the table in rhea-promise/core-amqp `ConditionStatusMapper`, read backwards. */
const statusCodes: Readonly<Record<string, number>> = {
  'amqp:not-found': 404,
  'amqp:not-allowed': 400,
  'amqp:not-implemented': 501,
  'amqp:unauthorized-access': 401,
  'amqp:resource-limit-exceeded': 403,
  'com.microsoft:argument-error': 400,
  'com.microsoft:argument-out-of-range': 400,
  'com.microsoft:entity-disabled': 400,
  'com.microsoft:message-lock-lost': 410,
  'com.microsoft:session-lock-lost': 410,
  'com.microsoft:message-not-found': 404,
  'com.microsoft:session-cannot-be-locked': 409,
  'com.microsoft:timeout': 408,
  'com.microsoft:server-busy': 503,
};

/**
 * The tail of Azure's error texts: `TrackingId:<32 hex>_G1, SystemTracker:gateway5, Timestamp:2019-01-11T07:01:37`.
 * Source: [Azure/azure-event-hubs-python#4].
 */
export function trackingSuffix(nowMs: number): string {
  const trackingId = randomUUID().replaceAll('-', '');
  const timestamp = new Date(nowMs).toISOString().slice(0, 19);
  return `TrackingId:${trackingId}_G1, SystemTracker:gateway5, Timestamp:${timestamp}`;
}
