// Where a reader begins: the selector filter of its link.
// Source: https://learn.microsoft.com/azure/event-hubs/event-hubs-amqp-protocol#filters (and the SDKs' own filters)

import type { AmqpError } from '../amqp/amqp-error.ts';
import type { AmqpValue } from '../amqp/codec/amqp-value.ts';
import type { Refuse } from './event-hubs-error.ts';
import type { Partition } from './partition.ts';

export const SELECTOR_FILTER = 'apache.org:selector-filter:string';

const EXPRESSION =
  /^\s*amqp\.annotation\.x-opt-(offset|sequence-number|enqueued-time|enqueuedtimeutc)\s*(>=?)\s*'?([^']*?)'?\s*$/i;

/** The sequence number of the first event to read. Throws AmqpError for a filter that says nothing. */
export function findStart(
  partition: Partition,
  filters: ReadonlyMap<string, AmqpValue>,
  refuse: Refuse,
): number {
  partition.expire();
  const { log } = partition;
  const filter = filters.get(SELECTOR_FILTER);
  if (filter === undefined || filter === null) return log.firstSequenceNumber;
  const match = typeof filter === 'string' ? EXPRESSION.exec(filter) : null;
  if (!match) throw badFilter(refuse, String(filter));
  const [, field = '', operator, value = ''] = match;
  const isInclusive = operator === '>=';
  switch (field.toLowerCase()) {
    case 'offset':
      return findOffset(partition, value, isInclusive, refuse);
    case 'sequence-number':
      return findSequenceNumber(partition, value, isInclusive, refuse);
    default:
      return findTime(partition, value, isInclusive, refuse);
  }
}

function findOffset(
  partition: Partition,
  value: string,
  isInclusive: boolean,
  refuse: Refuse,
): number {
  const { log } = partition;
  if (value.toLowerCase() === '@latest') {
    const next = log.nextSequenceNumber;
    return isInclusive ? Math.max(log.firstSequenceNumber, next - 1) : next;
  }
  const wanted = toNumber(value, refuse);
  const { lastOffset } = partition.properties;
  // Azure: an offset behind the end is refused, so that a stale checkpoint does not wait for ever.
  if (wanted > Number(lastOffset)) {
    throw refuse(
      'com.microsoft:argument-error',
      `The supplied offset '${value}' is invalid. The last offset in the system is '${lastOffset}'`,
    );
  }
  return log.findFirst(({ offset }) => (isInclusive ? offset >= wanted : offset > wanted));
}

function findSequenceNumber(
  partition: Partition,
  value: string,
  isInclusive: boolean,
  refuse: Refuse,
): number {
  const wanted = toNumber(value, refuse);
  const { firstSequenceNumber, lastSequenceNumber } = partition.properties;
  if (wanted > lastSequenceNumber) {
    throw refuse(
      'com.microsoft:argument-error',
      `The supplied sequence number '${value}' is invalid. The last sequence number in the system is '${lastSequenceNumber}'`,
    );
  }
  return Math.max(firstSequenceNumber, isInclusive ? wanted : wanted + 1);
}

function findTime(
  partition: Partition,
  value: string,
  isInclusive: boolean,
  refuse: Refuse,
): number {
  const wanted = toNumber(value, refuse);
  return partition.log.findFirst(({ enqueuedAtMs }) =>
    isInclusive ? enqueuedAtMs >= wanted : enqueuedAtMs > wanted,
  );
}

function toNumber(value: string, refuse: Refuse): number {
  if (/^-?\d{1,19}$/.test(value)) return Number(value);
  throw badFilter(refuse, value);
}

/** Pretend: the condition and the words are ours. */
function badFilter(refuse: Refuse, filter: string): AmqpError {
  return refuse('amqp:invalid-field', `The filter '${filter.slice(0, 100)}' is not supported.`);
}
