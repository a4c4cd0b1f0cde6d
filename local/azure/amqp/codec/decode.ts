// AMQP 1.0 type system, bytes → values. Source: OASIS amqp-core-types-v1.0, 1.2 and 1.6.
import { type AmqpValue, Described, Typed } from './amqp-value.ts';

/** Bytes that are no AMQP: the connection that sent them ends, with `amqp:decode-error`. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Deeper nesting is refused: a peer must not choose our stack depth. */
const MAX_DEPTH = 32;
/** Of elements that take no bytes (an array of 4 billion nulls is nine bytes long). */
const MAX_EMPTY_ELEMENTS = 65_536;

/** Reads values one after the other from a buffer. Every read throws DecodeError past the end. */
export class Decoder {
  readonly bytes: Buffer;
  offset: number;
  readonly end: number;

  constructor(bytes: Buffer, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.end;
  }

  readValue(depth = 0): AmqpValue {
    const code = this.#byte();
    if (code !== 0x00) return this.#readOf(code, depth);
    if (depth > MAX_DEPTH) throw new DecodeError('values are nested too deeply');
    const descriptor = this.readValue(depth + 1);
    return new Described(descriptor, this.readValue(depth + 1));
  }

  /** Moves behind the next value, without decoding it. */
  skipValue(depth = 0): void {
    const code = this.#byte();
    if (code === 0x00) {
      if (depth > MAX_DEPTH) throw new DecodeError('values are nested too deeply');
      this.skipValue(depth + 1);
      this.skipValue(depth + 1);
      return;
    }
    this.#take(widthOf(code) ?? this.#size(code));
  }

  /** Opens the list or map that comes next: its element count; elements follow at `offset`, up to `end`. */
  readCompound(): { readonly count: number; readonly end: number } {
    return this.#compound(this.#byte());
  }

  /** The numeric descriptor that comes next, of a performative or a section. */
  readDescriptor(): number {
    if (this.#byte() !== 0x00) throw new DecodeError('a described value was expected');
    const descriptor = this.readValue();
    if (typeof descriptor !== 'number') throw new DecodeError('the descriptor is not a number');
    return descriptor;
  }

  #readOf(code: number, depth: number): AmqpValue {
    const { bytes } = this;
    if (code >= 0xc0 || code === 0x45) return this.#readCompoundValue(code, depth);
    const width = widthOf(code) ?? this.#size(code);
    const at = this.#take(width);
    switch (code) {
      case 0x40:
        return null;
      case 0x41:
        return true;
      case 0x42:
        return false;
      case 0x43:
      case 0x44:
        return 0;
      case 0x50:
      case 0x52:
      case 0x53:
        return bytes[at];
      case 0x51:
      case 0x54:
      case 0x55:
        return bytes.readInt8(at);
      case 0x56:
        return bytes[at] !== 0;
      case 0x60:
        return bytes.readUInt16BE(at);
      case 0x61:
        return bytes.readInt16BE(at);
      case 0x70:
        return bytes.readUInt32BE(at);
      case 0x71:
        return bytes.readInt32BE(at);
      case 0x72:
        return bytes.readFloatBE(at);
      case 0x73:
        return codePoint(bytes.readUInt32BE(at));
      case 0x80:
        return narrow(bytes.readBigUInt64BE(at));
      case 0x81:
        return narrow(bytes.readBigInt64BE(at));
      case 0x82:
        return bytes.readDoubleBE(at);
      case 0x83:
        return new Date(Number(bytes.readBigInt64BE(at)));
      case 0x74:
      case 0x84:
      case 0x94:
        return new Typed(`decimal${(width * 8) as 32 | 64 | 128}`, bytes.subarray(at, at + width));
      case 0x98:
        return new Typed('uuid', bytes.subarray(at, at + width));
      case 0xa0:
      case 0xb0:
        return bytes.subarray(at, at + width);
      case 0xa1:
      case 0xb1:
        return bytes.toString('utf8', at, at + width);
      case 0xa3:
      case 0xb3:
        return bytes.toString('latin1', at, at + width);
      default:
        throw new DecodeError(`0x${code.toString(16)} is no AMQP type`);
    }
  }

  #readCompoundValue(code: number, depth: number): AmqpValue {
    if (depth > MAX_DEPTH) throw new DecodeError('values are nested too deeply');
    const { count, end } = this.#compound(code);
    if (code === 0xe0 || code === 0xf0) return this.#readArray(count, end, depth);
    const items: AmqpValue[] = [];
    for (let index = 0; index < count; index++) items.push(this.readValue(depth + 1));
    this.#expectEnd(end);
    return code === 0xc1 || code === 0xd1 ? toMap(items) : items;
  }

  #readArray(count: number, end: number, depth: number): AmqpValue[] {
    let descriptor: AmqpValue;
    let code = this.#byte();
    const isDescribed = code === 0x00;
    if (isDescribed) {
      descriptor = this.readValue(depth + 1);
      code = this.#byte();
    }
    if ((widthOf(code) === 0 || code === 0x45) && count > MAX_EMPTY_ELEMENTS) {
      throw new DecodeError('the array is too long');
    }
    const items: AmqpValue[] = [];
    for (let index = 0; index < count; index++) {
      const value = this.#readOf(code, depth + 1);
      items.push(isDescribed ? new Described(descriptor, value) : value);
    }
    this.#expectEnd(end);
    return items;
  }

  #compound(code: number): { count: number; end: number } {
    if (code === 0x45) return { count: 0, end: this.offset };
    const isLong = code === 0xd0 || code === 0xd1 || code === 0xf0;
    if (!isLong && code !== 0xc0 && code !== 0xc1 && code !== 0xe0) {
      throw new DecodeError(`0x${code.toString(16)} is no list, map or array`);
    }
    const at = this.#take(isLong ? 8 : 2);
    const size = isLong ? this.bytes.readUInt32BE(at) : (this.bytes[at] ?? 0);
    const count = isLong ? this.bytes.readUInt32BE(at + 4) : (this.bytes[at + 1] ?? 0);
    const end = at + (isLong ? 4 : 1) + size;
    if (end > this.end || end < this.offset) throw new DecodeError('a value ends too early');
    return { count, end };
  }

  /** Size of a value of variable width, whose size field comes next. */
  #size(code: number): number {
    if (code >> 4 === 0xa || code >> 4 === 0xc || code >> 4 === 0xe) return this.#byte();
    const group = code >> 4;
    if (group !== 0xb && group !== 0xd && group !== 0xf) {
      throw new DecodeError(`0x${code.toString(16)} is no AMQP type`);
    }
    return this.bytes.readUInt32BE(this.#take(4));
  }

  #byte(): number {
    return this.bytes[this.#take(1)] ?? 0;
  }

  #take(count: number): number {
    const at = this.offset;
    if (at + count > this.end) throw new DecodeError('a value ends too early');
    this.offset = at + count;
    return at;
  }

  #expectEnd(end: number): void {
    if (this.offset !== end) throw new DecodeError('a value does not fill its size');
  }
}

/** Width of a fixed-width type by its code's first half; undefined for a variable one. */
function widthOf(code: number): number | undefined {
  switch (code >> 4) {
    case 0x4:
      return 0;
    case 0x5:
      return 1;
    case 0x6:
      return 2;
    case 0x7:
      return 4;
    case 0x8:
      return 8;
    case 0x9:
      return 16;
    default:
      return undefined;
  }
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function codePoint(value: number): string {
  if (value > 0x10_ff_ff) throw new DecodeError('a char is no code point');
  return String.fromCodePoint(value);
}

function toMap(items: readonly AmqpValue[]): Map<AmqpValue, AmqpValue> {
  if (items.length % 2 !== 0) throw new DecodeError('a map has a key without value');
  const map = new Map<AmqpValue, AmqpValue>();
  for (let index = 0; index < items.length; index += 2) map.set(items[index], items[index + 1]);
  return map;
}

/** Decodes one value that fills the whole buffer. */
export function decodeValue(bytes: Buffer): AmqpValue {
  const decoder = new Decoder(bytes);
  const value = decoder.readValue();
  if (!decoder.isAtEnd) throw new DecodeError('bytes are left behind a value');
  return value;
}
