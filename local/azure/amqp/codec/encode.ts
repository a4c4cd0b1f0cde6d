// AMQP 1.0 type system, values → bytes. Source: OASIS amqp-core-types-v1.0, 1.2 and 1.6.
import { type AmqpValue, Described, type ScalarType, Typed } from './amqp-value.ts';

const INITIAL_BYTES = 256;

/** Writes values one after the other into a growing buffer. */
export class Encoder {
  #bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  #length = 0;

  /** A copy of what was written. */
  toBuffer(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  get length(): number {
    return this.#length;
  }

  /** Forgets what was written and keeps the memory. */
  reset(): this {
    this.#length = 0;
    return this;
  }

  raw(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  byte(value: number): this {
    const at = this.#grow(1);
    this.#bytes[at] = value;
    return this;
  }

  null(): this {
    return this.byte(0x40);
  }

  boolean(value: boolean): this {
    return this.byte(value ? 0x41 : 0x42);
  }

  uint(value: number): this {
    if (value === 0) return this.byte(0x43);
    if (value < 256) return this.byte(0x52).byte(value);
    const at = this.byte(0x70).#grow(4);
    this.#bytes.writeUInt32BE(value >>> 0, at);
    return this;
  }

  ulong(value: number | bigint): this {
    if (value === 0 || value === 0n) return this.byte(0x44);
    if (value < 256) return this.byte(0x53).byte(Number(value));
    const at = this.byte(0x80).#grow(8);
    this.#bytes.writeBigUInt64BE(BigInt(value), at);
    return this;
  }

  int(value: number): this {
    if (value >= -128 && value < 128) return this.byte(0x54).byte(value & 0xff);
    const at = this.byte(0x71).#grow(4);
    this.#bytes.writeInt32BE(value, at);
    return this;
  }

  long(value: number | bigint): this {
    if (value >= -128 && value < 128) return this.byte(0x55).byte(Number(value) & 0xff);
    this.byte(0x81).#int64(value);
    return this;
  }

  /** Milliseconds since 1970. */
  timestamp(milliseconds: number): this {
    this.byte(0x83).#int64(Math.trunc(milliseconds));
    return this;
  }

  #int64(value: number | bigint): void {
    const at = this.#grow(8);
    if (typeof value === 'bigint') {
      this.#bytes.writeBigInt64BE(value, at);
      return;
    }
    // Two halves are several times faster than a bigint.
    const high = Math.floor(value / 0x1_0000_0000);
    this.#bytes.writeInt32BE(high | 0, at);
    this.#bytes.writeUInt32BE(value - high * 0x1_0000_0000, at + 4);
  }

  binary(value: Uint8Array): this {
    return this.#variable(0xa0, value.length).raw(value);
  }

  string(value: string): this {
    const size = Buffer.byteLength(value);
    const at = this.#variable(0xa1, size).#grow(size);
    this.#bytes.write(value, at, size, 'utf8');
    return this;
  }

  symbol(value: string): this {
    const at = this.#variable(0xa3, value.length).#grow(value.length);
    this.#bytes.write(value, at, value.length, 'latin1');
    return this;
  }

  /** A list whose elements `write` writes; all of them must be counted. */
  list(count: number, write: () => void): this {
    if (count === 0) return this.byte(0x45);
    return this.#compound(0xd0, count, write);
  }

  /** A map whose `count` keys and values `write` writes alternately. */
  map(count: number, write: () => void): this {
    return this.#compound(0xd1, count * 2, write);
  }

  descriptor(code: number): this {
    return this.byte(0x00).ulong(code);
  }

  /** Any value; see the table in amqp-value.ts. Throws TypeError for what AMQP has no type for. */
  value(value: AmqpValue): this {
    switch (typeof value) {
      case 'undefined':
        return this.null();
      case 'boolean':
        return this.boolean(value);
      case 'string':
        return this.string(value);
      case 'bigint':
        return this.long(value);
      case 'number':
        return Number.isSafeInteger(value) ? this.long(value) : this.scalar('double', value);
      case 'object':
        return this.#object(value);
      default:
        throw new TypeError(`AMQP has no type for a ${typeof value}`);
    }
  }

  #object(value: Exclude<AmqpValue, string | number | bigint | boolean | undefined>): this {
    if (value === null) return this.null();
    if (value instanceof Typed) return this.#typed(value);
    if (value instanceof Described) return this.byte(0x00).value(value.descriptor).value(value.value);
    if (value instanceof Date) return this.timestamp(value.getTime());
    if (Buffer.isBuffer(value)) return this.binary(value);
    if (Array.isArray(value)) {
      return this.list(value.length, () => {
        for (const item of value) this.value(item);
      });
    }
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return this.map(entries.length, () => {
      for (const [key, item] of entries) this.value(key).value(item);
    });
  }

  #typed({ type, value, elementType }: Typed): this {
    if (type === 'encoded') return this.raw(value as Buffer);
    if (type === 'symbolicMap') {
      const entries = Object.entries(value as Record<string, AmqpValue>);
      return this.map(entries.length, () => {
        for (const [key, item] of entries) this.symbol(key).value(item);
      });
    }
    if (type !== 'array') return value === null ? this.null() : this.scalar(type, value);
    const items = value as readonly AmqpValue[];
    return this.#compound(0xf0, items.length, () => this.#elements(elementType ?? 'string', items));
  }

  #elements(type: ScalarType, items: readonly AmqpValue[]): void {
    const code = wideCodes[type];
    this.byte(code);
    // Elements share one constructor, so each is written at full width and without its own.
    for (const item of items) this.#wide(code, item);
  }

  scalar(type: ScalarType, value: AmqpValue): this {
    switch (type) {
      case 'uint':
        return this.uint(Number(value));
      case 'ulong':
        return this.ulong(value as number | bigint);
      case 'int':
        return this.int(Number(value));
      case 'long':
        return this.long(value as number | bigint);
      case 'string':
        return this.string(String(value));
      case 'symbol':
        return this.symbol(String(value));
      case 'binary':
        return this.binary(value as Buffer);
      default: {
        const code = wideCodes[type];
        this.byte(code);
        this.#wide(code, value);
        return this;
      }
    }
  }

  #wide(code: number, value: AmqpValue): void {
    switch (code) {
      case 0xb0:
        this.#sized(value as Buffer);
        return;
      case 0xb1:
        this.#sized(Buffer.from(String(value)));
        return;
      case 0xb3:
        this.#sized(Buffer.from(String(value), 'latin1'));
        return;
      case 0x83:
        this.#int64(value instanceof Date ? value.getTime() : (value as number | bigint));
        return;
      case 0x80:
        this.#bytes.writeBigUInt64BE(BigInt(value as number | bigint), this.#grow(8));
        return;
      case 0x81:
        this.#int64(value as number | bigint);
        return;
      case 0x73:
        this.#bytes.writeUInt32BE(String(value).codePointAt(0) ?? 0, this.#grow(4));
        return;
      default:
        this.#number(code, value);
    }
  }

  #number(code: number, value: AmqpValue): void {
    if (Buffer.isBuffer(value)) {
      this.raw(value); // uuid, decimals
      return;
    }
    const number = Number(value);
    if (code === 0x56) this.byte(value ? 1 : 0);
    else if (code === 0x50 || code === 0x51) this.byte(number & 0xff);
    else if (code === 0x60) this.#bytes.writeUInt16BE(number, this.#grow(2));
    else if (code === 0x61) this.#bytes.writeInt16BE(number, this.#grow(2));
    else if (code === 0x70) this.#bytes.writeUInt32BE(number, this.#grow(4));
    else if (code === 0x71) this.#bytes.writeInt32BE(number, this.#grow(4));
    else if (code === 0x72) this.#bytes.writeFloatBE(number, this.#grow(4));
    else if (code === 0x82) this.#bytes.writeDoubleBE(number, this.#grow(8));
    else throw new TypeError('a uuid or decimal is given as its bytes');
  }

  #sized(bytes: Buffer): void {
    const at = this.#grow(4);
    this.#bytes.writeUInt32BE(bytes.length, at);
    this.raw(bytes);
  }

  #variable(code: number, size: number): this {
    if (size < 256) return this.byte(code).byte(size);
    const at = this.byte(code + 0x10).#grow(4);
    this.#bytes.writeUInt32BE(size, at);
    return this;
  }

  #compound(code: number, count: number, write: () => void): this {
    this.byte(code);
    const at = this.#grow(8);
    this.#bytes.writeUInt32BE(count, at + 4);
    write();
    this.#bytes.writeUInt32BE(this.#length - at - 4, at);
    return this;
  }

  /** Makes room for `count` bytes; returns where they go. */
  #grow(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    this.#length = needed;
    return at;
  }
}

const wideCodes: Readonly<Record<ScalarType, number>> = {
  boolean: 0x56,
  ubyte: 0x50,
  ushort: 0x60,
  uint: 0x70,
  ulong: 0x80,
  byte: 0x51,
  short: 0x61,
  int: 0x71,
  long: 0x81,
  float: 0x72,
  double: 0x82,
  decimal32: 0x74,
  decimal64: 0x84,
  decimal128: 0x94,
  char: 0x73,
  timestamp: 0x83,
  uuid: 0x98,
  binary: 0xb0,
  string: 0xb1,
  symbol: 0xb3,
};

/** One encoded value. */
export function encodeValue(value: AmqpValue): Buffer {
  return new Encoder().value(value).toBuffer();
}
