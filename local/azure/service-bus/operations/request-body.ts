import { type AmqpValue, Typed } from '../../amqp/codec/amqp-value.ts';
import type { ManagementRequest } from '../../amqp/messaging-node.ts';
import { badArgument } from '../service-bus-error.ts';

/** The map in the body of a `$management` request. Each method throws AmqpError for a missing or unfit entry. */
export class RequestBody {
  readonly #map: ReadonlyMap<AmqpValue, AmqpValue>;

  constructor({ body }: Pick<ManagementRequest, 'body'>) {
    if (!(body instanceof Map)) throw badArgument('The body of the request is no map.');
    this.#map = body;
  }

  get(name: string): AmqpValue {
    return this.#map.get(name) ?? undefined;
  }

  optionalString(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === 'string') return value;
    throw badArgument(`'${name}' is no string.`);
  }

  string(name: string): string {
    return this.optionalString(name) ?? this.#missing(name);
  }

  number(name: string, standard?: number): number {
    const value = this.get(name) ?? standard;
    if (typeof value === 'number') return value;
    // Beyond what a sequence number can be: still a number to begin or compare with.
    if (typeof value === 'bigint') return Number(value);
    return value === undefined ? this.#missing(name) : this.#misfit(name);
  }

  map(name: string): ReadonlyMap<AmqpValue, AmqpValue> | undefined {
    const value = this.get(name);
    if (value === undefined || value instanceof Map) return value;
    return this.#misfit(name);
  }

  /** An array or list; a single value counts as one of it. */
  list(name: string): readonly AmqpValue[] {
    const value = this.get(name);
    if (value === undefined) return this.#missing(name);
    return Array.isArray(value) ? value : [value];
  }

  sequenceNumbers(): number[] {
    return this.list('sequence-numbers').map((value) =>
      typeof value === 'number' || typeof value === 'bigint'
        ? Number(value)
        : this.#misfit('sequence-numbers'),
    );
  }

  /** Lock tokens in network order, as uuids have them. */
  lockTokens(): Buffer[] {
    return this.list('lock-tokens').map((value) => {
      const bytes = value instanceof Typed ? value.value : value;
      return Buffer.isBuffer(bytes) && bytes.length === 16 ? bytes : this.#misfit('lock-tokens');
    });
  }

  #missing(name: string): never {
    throw badArgument(`'${name}' is missing.`);
  }

  #misfit(name: string): never {
    throw badArgument(`'${name}' has the wrong type.`);
  }
}
