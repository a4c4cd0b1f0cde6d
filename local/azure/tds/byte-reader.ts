import { malformed } from './malformed.ts';

/** Reads little-endian values one after the other; a read past the end is a malformed message, never other bytes. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get position(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** Throws MalformedError if there are fewer. */
  bytes(length: number): Buffer {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** `length` counts UTF-16 units. */
  text(length: number): string {
    return this.bytes(length * 2).toString('utf16le');
  }

  /** B_VARCHAR: a byte that counts UTF-16 units, then those. */
  shortText(): string {
    return this.text(this.uint8());
  }

  /** US_VARCHAR. */
  longText(): string {
    return this.text(this.uint16());
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  peekUint8(): number | undefined {
    return this.#bytes[this.#at];
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  int16(): number {
    return this.#bytes.readInt16LE(this.#advance(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#advance(4));
  }

  uint64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#advance(8));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64LE(this.#advance(8));
  }

  float(): number {
    return this.#bytes.readFloatLE(this.#advance(4));
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#advance(8));
  }

  /** `length` of 1 to 6 bytes. */
  uint(length: number): number {
    return this.#bytes.readUIntLE(this.#advance(length), length);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  #advance(length: number): number {
    if (length < 0 || length > this.remaining) throw malformed();
    const at = this.#at;
    this.#at += length;
    return at;
  }
}
