// The nine performatives of AMQP's transport [AMQP 2.7], as frames carry them.
import type { AmqpValue } from './amqp-value.ts';
import { DecodeError, Decoder } from './decode.ts';

export const PERFORMATIVE = {
  open: 0x10,
  begin: 0x11,
  attach: 0x12,
  flow: 0x13,
  transfer: 0x14,
  disposition: 0x15,
  detach: 0x16,
  end: 0x17,
  close: 0x18,
} as const;

/** The fields of one performative, decoded when asked for; each accessor throws DecodeError for another type. */
export class Performative {
  readonly code: number;
  readonly #bytes: Buffer;
  /** Start of each field, and the end of the last. */
  readonly #offsets: number[];
  /** What follows in the frame: the payload of a transfer. */
  readonly payload: Buffer;

  /** Reads a frame's body. Throws DecodeError. */
  constructor(body: Buffer) {
    const decoder = new Decoder(body);
    this.code = decoder.readDescriptor();
    const { count, end } = decoder.readCompound();
    const offsets = [decoder.offset];
    for (let index = 0; index < count; index++) {
      decoder.skipValue();
      offsets.push(decoder.offset);
    }
    if (decoder.offset !== end) throw new DecodeError('a performative does not fill its size');
    this.#bytes = body;
    this.#offsets = offsets;
    this.payload = body.subarray(end);
  }

  /** The encoded field; undefined if it is absent or null. */
  encoded(index: number): Buffer | undefined {
    const start = this.#offsets[index];
    const end = this.#offsets[index + 1];
    if (start === undefined || end === undefined || this.#bytes[start] === 0x40) return undefined;
    return this.#bytes.subarray(start, end);
  }

  value(index: number): AmqpValue {
    const start = this.#offsets[index];
    const end = this.#offsets[index + 1];
    if (start === undefined || end === undefined) return undefined;
    return new Decoder(this.#bytes, start, end).readValue() ?? undefined;
  }

  /** An unsigned number. */
  optionalNumber(index: number): number | undefined {
    const value = this.value(index);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.#misfit(index, 'a number');
  }

  number(index: number): number {
    return this.optionalNumber(index) ?? this.#absent(index);
  }

  boolean(index: number): boolean {
    const value = this.value(index) ?? false;
    if (typeof value === 'boolean') return value;
    throw this.#misfit(index, 'a boolean');
  }

  optionalString(index: number): string | undefined {
    const value = this.value(index);
    if (value === undefined || typeof value === 'string') return value;
    throw this.#misfit(index, 'a string');
  }

  string(index: number): string {
    return this.optionalString(index) ?? this.#absent(index);
  }

  /** A field that may be one symbol or an array of them. */
  symbols(index: number): string[] {
    const values = [this.value(index) ?? []].flat();
    return values.filter((value) => typeof value === 'string');
  }

  #absent(index: number): never {
    throw new DecodeError(`field ${index} of performative 0x${this.code.toString(16)} is missing`);
  }

  #misfit(index: number, expected: string): DecodeError {
    const name = `field ${index} of performative 0x${this.code.toString(16)}`;
    return new DecodeError(`${name} is not ${expected}`);
  }
}
