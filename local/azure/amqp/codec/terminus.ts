// Sources and targets of links [AMQP 3.5].
import { type AmqpValue, Described, plain } from './amqp-value.ts';
import { DecodeError, Decoder } from './decode.ts';
import { Encoder } from './encode.ts';

const TERMINUS = { source: 0x28, target: 0x29, coordinator: 0x30 } as const;
const FILTER_FIELD = 7;

export interface Terminus {
  /** The node's address; absent for a terminus without one. */
  readonly address?: string;
  readonly isDynamic: boolean;
  /** The target of transactions, not a node. */
  readonly isCoordinator: boolean;
  /** Of a source: name → value without its descriptor. */
  readonly filters: ReadonlyMap<string, AmqpValue>;
}

const NOTHING: Terminus = { isDynamic: false, isCoordinator: false, filters: new Map() };

/** Reads an encoded source or target; a bare string is an address too, as some clients send it. */
export function readTerminus(bytes: Buffer | undefined): Terminus {
  if (!bytes) return NOTHING;
  const value = new Decoder(bytes).readValue();
  if (typeof value === 'string') return { ...NOTHING, address: value };
  if (!(value instanceof Described) || !Array.isArray(value.value)) {
    throw new DecodeError('a source or target was expected');
  }
  if (value.descriptor === TERMINUS.coordinator) return { ...NOTHING, isCoordinator: true };
  const fields: readonly AmqpValue[] = value.value;
  const [address] = fields;
  return {
    ...(typeof address === 'string' && { address }),
    isDynamic: fields[4] === true,
    isCoordinator: false,
    filters: value.descriptor === TERMINUS.source ? readFilters(fields[FILTER_FIELD]) : new Map(),
  };
}

function readFilters(filters: AmqpValue): Map<string, AmqpValue> {
  const read = new Map<string, AmqpValue>();
  if (!(filters instanceof Map)) return read;
  for (const [name, filter] of filters) if (typeof name === 'string') read.set(name, plain(filter));
  return read;
}

/** The same source with other filter values, each described as the client's filter of that name was. */
export function replaceFilters(source: Buffer, filters: ReadonlyMap<string, AmqpValue>): Buffer {
  const decoder = new Decoder(source);
  decoder.readDescriptor();
  const { count } = decoder.readCompound();
  const original = originalFilters(source);
  const encoder = new Encoder();
  encoder.descriptor(TERMINUS.source).list(Math.max(count, FILTER_FIELD + 1), () => {
    for (let index = 0; index < Math.max(count, FILTER_FIELD + 1); index++) {
      const at = decoder.offset;
      if (index < count) decoder.skipValue();
      if (index === FILTER_FIELD) writeFilters(encoder, filters, original);
      else if (index < count) encoder.raw(source.subarray(at, decoder.offset));
      else encoder.null();
    }
  });
  return encoder.toBuffer();
}

function originalFilters(source: Buffer): ReadonlyMap<AmqpValue, AmqpValue> {
  const value = new Decoder(source).readValue();
  const fields = value instanceof Described ? value.value : undefined;
  const filters = Array.isArray(fields) ? fields[FILTER_FIELD] : undefined;
  return filters instanceof Map ? filters : new Map();
}

function writeFilters(
  encoder: Encoder,
  filters: ReadonlyMap<string, AmqpValue>,
  original: ReadonlyMap<AmqpValue, AmqpValue>,
): void {
  encoder.map(filters.size, () => {
    for (const [name, value] of filters) {
      const before = original.get(name);
      encoder.symbol(name);
      if (before instanceof Described) writeDescriptor(encoder, before.descriptor);
      encoder.value(value);
    }
  });
}

function writeDescriptor(encoder: Encoder, descriptor: AmqpValue): void {
  encoder.byte(0x00);
  if (typeof descriptor === 'string') encoder.symbol(descriptor);
  else if (typeof descriptor === 'bigint') encoder.ulong(descriptor);
  else encoder.ulong(Number(descriptor));
}
