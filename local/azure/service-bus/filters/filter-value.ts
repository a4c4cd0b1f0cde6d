import { type AmqpValue, Typed } from '../../amqp/codec/amqp-value.ts';
import type { MapEntry } from '../../amqp/messaging-node.ts';

/**
 * A value in a filter: whole numbers are bigint (.NET's integers), others number (.NET's double);
 * undefined is SQL's unknown: a property that is null or not there.
 */
export type FilterValue = string | boolean | bigint | number | Date | undefined;

const FLOAT_CODES = new Set([0x72, 0x82]);

/** A uuid counts as its text. A type that filters do not know is unknown. */
export function toFilterValue({
  value,
  encoded,
}: Pick<MapEntry, 'value' | 'encoded'>): FilterValue {
  if (typeof value === 'number' && !FLOAT_CODES.has(encoded[0] ?? 0)) return BigInt(value);
  return plainFilterValue(value);
}

function plainFilterValue(value: AmqpValue): FilterValue {
  if (value instanceof Date) return value;
  if (value instanceof Typed) return value.type === 'uuid' ? uuidText(value.value) : undefined;
  const type = typeof value;
  const isScalar =
    type === 'string' || type === 'boolean' || type === 'bigint' || type === 'number';
  return isScalar ? (value as string | boolean | bigint | number) : undefined;
}

function uuidText(bytes: AmqpValue): string | undefined {
  if (!Buffer.isBuffer(bytes)) return undefined;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

// Pretend: strings compare with case, as a correlation filter's do; the SQL grammar does not say.
/** Undefined if the two cannot be compared, or one is unknown; else negative, 0 or positive. */
export function compareValues(left: FilterValue, right: FilterValue): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (isNumeric(left) && isNumeric(right)) return order(left, right);
  if (typeof left === 'string' && typeof right === 'string') return order(left, right);
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  return undefined;
}

export function isNumeric(value: FilterValue): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

function order<Ordered extends string | bigint | number>(left: Ordered, right: Ordered): number {
  if (left < right) return -1;
  return left > right ? 1 : 0;
}
