const INITIAL_BYTES = 256;
const TWO_TO_32 = 0x1_0000_0000;

/** Bytes that are written one after the other, in network order. */
export class GrowingBuffer {
  #bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A copy of what was written. */
  toBuffer(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
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

  uint16(value: number): this {
    const at = this.#grow(2);
    this.#bytes.writeUInt16BE(value & 0xffff, at);
    return this;
  }

  uint32(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeUInt32BE(value >>> 0, at);
    return this;
  }

  /** Two's complement, so signed and unsigned alike. */
  int64(value: number | bigint): this {
    const at = this.#grow(8);
    if (typeof value === 'bigint') {
      this.#bytes.writeBigInt64BE(BigInt.asIntN(64, value), at);
      return this;
    }
    // Two halves are several times faster than a bigint.
    const high = Math.floor(value / TWO_TO_32);
    this.#bytes.writeInt32BE(high | 0, at);
    this.#bytes.writeUInt32BE(value - high * TWO_TO_32, at + 4);
    return this;
  }

  float(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeFloatBE(value, at);
    return this;
  }

  double(value: number): this {
    const at = this.#grow(8);
    this.#bytes.writeDoubleBE(value, at);
    return this;
  }

  /** `size`: of the text in this encoding. */
  text(value: string, encoding: 'utf8' | 'latin1', size: number): this {
    const at = this.#grow(size);
    this.#bytes.write(value, at, size, encoding);
    return this;
  }

  /** Writes over what is at `at`. */
  patchUint32(at: number, value: number): void {
    this.#bytes.writeUInt32BE(value, at);
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
