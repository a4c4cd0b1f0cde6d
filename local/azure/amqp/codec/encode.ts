// AMQP 1.0 type system, values → bytes. Source: OASIS amqp-core-types-v1.0, 1.2 and 1.6.
import { type AmqpValue, Described, type ScalarType, Typed } from './amqp-value.ts';
import { GrowingBuffer } from './growing-buffer.ts';

/** Writes values one after the other into a growing buffer. */
export class Encoder extends GrowingBuffer {
  null(): this {
    return this.byte(0x40);
  }

  boolean(value: boolean): this {
    return this.byte(value ? 0x41 : 0x42);
  }

  uint(value: number): this {
    if (value === 0) return this.byte(0x43);
    return value < 256 ? this.byte(0x52).byte(value) : this.byte(0x70).uint32(value);
  }

  ulong(value: number | bigint): this {
    if (value === 0 || value === 0n) return this.byte(0x44);
    return value < 256 ? this.byte(0x53).byte(Number(value)) : this.byte(0x80).int64(value);
  }

  int(value: number): this {
    return isByte(value) ? this.byte(0x54).byte(value & 0xff) : this.byte(0x71).uint32(value);
  }

  long(value: number | bigint): this {
    if (isByte(value)) return this.byte(0x55).byte(Number(value) & 0xff);
    return this.byte(0x81).int64(value);
  }

  /** Milliseconds since 1970. */
  timestamp(milliseconds: number): this {
    return this.byte(0x83).int64(Math.trunc(milliseconds));
  }

  binary(value: Uint8Array): this {
    return this.#variable(0xa0, value.length).raw(value);
  }

  string(value: string): this {
    const size = Buffer.byteLength(value);
    return this.#variable(0xa1, size).text(value, 'utf8', size);
  }

  symbol(value: string): this {
    return this.#variable(0xa3, value.length).text(value, 'latin1', value.length);
  }

  /** A list whose elements `write` writes; all of them must be counted. */
  list(count: number, write: () => void): this {
    return count === 0 ? this.byte(0x45) : this.#compound(0xd0, count, write);
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
        return Number.isSafeInteger(value) ? this.long(value) : this.byte(0x82).double(value);
      case 'object':
        return this.#object(value);
      default:
        throw new TypeError(`AMQP has no type for a ${typeof value}`);
    }
  }

  #object(value: Exclude<AmqpValue, string | number | bigint | boolean | undefined>): this {
    if (value === null) return this.null();
    if (value instanceof Typed) return this.#typed(value);
    if (value instanceof Described) {
      return this.byte(0x00).value(value.descriptor).value(value.value);
    }
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

  #typed({ type, value, elementType = 'string' }: Typed): this {
    if (type === 'encoded') return this.raw(value as Buffer);
    if (type === 'symbolicMap') {
      const entries = Object.entries(value as Record<string, AmqpValue>);
      return this.map(entries.length, () => {
        for (const [key, item] of entries) this.symbol(key).value(item);
      });
    }
    if (type !== 'array') return value === null ? this.null() : this.scalar(type, value);
    const items = value as readonly AmqpValue[];
    return this.#compound(0xf0, items.length, () => {
      const code = wideCodes[elementType];
      this.byte(code);
      // Elements share one constructor, so each is written at full width and without its own.
      for (const item of items) this.#wide(code, item);
    });
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
        return this.byte(code).#wide(code, value);
      }
    }
  }

  #wide(code: number, value: AmqpValue): this {
    switch (code) {
      case 0xb0:
        return this.#sized(value as Buffer);
      case 0xb1:
        return this.#sized(Buffer.from(String(value)));
      case 0xb3:
        return this.#sized(Buffer.from(String(value), 'latin1'));
      case 0x83:
        return this.int64(value instanceof Date ? value.getTime() : (value as number | bigint));
      case 0x80:
      case 0x81:
        return this.int64(value as number | bigint);
      case 0x73:
        return this.uint32(String(value).codePointAt(0) ?? 0);
      default:
        return Buffer.isBuffer(value) ? this.raw(value) : this.#number(code, Number(value));
    }
  }

  #number(code: number, value: number): this {
    switch (code) {
      case 0x50:
      case 0x51:
      case 0x56:
        return this.byte(value & 0xff);
      case 0x60:
      case 0x61:
        return this.uint16(value);
      case 0x70:
      case 0x71:
        return this.uint32(value);
      case 0x72:
        return this.float(value);
      case 0x82:
        return this.double(value);
      default:
        throw new TypeError('a uuid or decimal is given as its bytes');
    }
  }

  #sized(bytes: Buffer): this {
    return this.uint32(bytes.length).raw(bytes);
  }

  #variable(code: number, size: number): this {
    return size < 256 ? this.byte(code).byte(size) : this.byte(code + 0x10).uint32(size);
  }

  #compound(code: number, count: number, write: () => void): this {
    const at = this.byte(code).length;
    this.uint32(0).uint32(count);
    write();
    this.patchUint32(at, this.length - at - 4);
    return this;
  }
}

const isByte = (value: number | bigint) => value >= -128 && value < 128;

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
