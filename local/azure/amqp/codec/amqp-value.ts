/**
 * AMQP values in JavaScript. Decoding gives plain values; encoding takes plain values, or `typed(...)` ones where
 * the exact AMQP type matters. What must be passed on without loss is passed on as bytes (see sections.ts).
 *
 * | AMQP | decoded as | plain value encoded as |
 * |---|---|---|
 * | null | null | null, undefined |
 * | boolean | boolean | boolean |
 * | byte … int, ubyte … uint, float, double | number | long if whole, else double |
 * | long, ulong | number if it is safe, else bigint | bigint: long |
 * | timestamp | Date | Date |
 * | string, symbol, char | string | string |
 * | binary | Buffer | Buffer |
 * | uuid, decimal32/64/128 | Typed, with the bytes as value | – |
 * | list, array | array | list |
 * | map | Map | Map; an object is a map with string keys |
 * | described | Described | – |
 */
export type AmqpValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Date
  | Buffer
  | readonly AmqpValue[]
  | AmqpMap
  | { readonly [key: string]: AmqpValue }
  | Typed
  | Described;

export type AmqpMap = ReadonlyMap<AmqpValue, AmqpValue>;

export type ScalarType =
  | 'boolean'
  | 'ubyte'
  | 'ushort'
  | 'uint'
  | 'ulong'
  | 'byte'
  | 'short'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'decimal32'
  | 'decimal64'
  | 'decimal128'
  | 'char'
  | 'timestamp'
  | 'uuid'
  | 'binary'
  | 'string'
  | 'symbol';

/** A value with the AMQP type that it has on the wire. */
export class Typed {
  readonly type: ScalarType | 'array' | 'symbolicMap' | 'encoded';
  readonly value: AmqpValue;
  /** Of an array's elements. */
  readonly elementType?: ScalarType;

  constructor(type: Typed['type'], value: AmqpValue, elementType?: ScalarType) {
    this.type = type;
    this.value = value;
    if (elementType !== undefined) this.elementType = elementType;
  }
}

export class Described {
  readonly descriptor: AmqpValue;
  readonly value: AmqpValue;

  constructor(descriptor: AmqpValue, value: AmqpValue) {
    this.descriptor = descriptor;
    this.value = value;
  }
}

/** `typed('int', 202)`; `uuid` takes 16 bytes in network order, `timestamp` milliseconds since 1970. */
export const typed = (type: ScalarType, value: AmqpValue): Typed => new Typed(type, value);
/** `arrayOf('string', ['0', '1'])`. */
export const arrayOf = (elementType: ScalarType, values: readonly AmqpValue[]): Typed =>
  new Typed('array', values, elementType);
/** A map whose keys are symbols, as annotations and properties of performatives have them. */
export const symbolicMap = (entries: Readonly<Record<string, AmqpValue>>): Typed =>
  new Typed('symbolicMap', entries);
/** Bytes that are one encoded AMQP value already. */
export const encoded = (bytes: Buffer): Typed => new Typed('encoded', bytes);

/** Removes Described and Typed wrappers around a value: the plain string of a filter, for one. */
export function plain(value: AmqpValue): AmqpValue {
  if (value instanceof Described) return plain(value.value);
  return value instanceof Typed ? value.value : value;
}

/** A decoded map with string keys as an object without prototype; other keys are left out. */
export function toRecord(value: AmqpValue): Record<string, AmqpValue> {
  const record: Record<string, AmqpValue> = Object.create(null);
  if (!(value instanceof Map)) return record;
  for (const [key, item] of value) if (typeof key === 'string') record[key] = item;
  return record;
}
