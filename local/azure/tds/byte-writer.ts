/** Appends little-endian values to a buffer that grows and is used again. */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 512) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written, valid until the next write. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** A copy of what was written. */
  copy(): Buffer {
    return Buffer.from(this.view());
  }

  clear(): void {
    this.#length = 0;
  }

  /** Forgets what was written after the first `length` bytes. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** Keeps what comes after the first `length` bytes. */
  dropFirst(length: number): void {
    this.#buffer.copyWithin(0, length, this.#length);
    this.#length -= length;
  }

  uint8(value: number): this {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
    return this;
  }

  uint16(value: number): this {
    const at = this.#reserve(2);
    this.#buffer.writeUInt16LE(value, at);
    return this;
  }

  int16(value: number): this {
    const at = this.#reserve(2);
    this.#buffer.writeInt16LE(value, at);
    return this;
  }

  uint32(value: number): this {
    const at = this.#reserve(4);
    this.#buffer.writeUInt32LE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.#reserve(4);
    this.#buffer.writeInt32LE(value, at);
    return this;
  }

  uint64(value: bigint): this {
    const at = this.#reserve(8);
    this.#buffer.writeBigUInt64LE(value, at);
    return this;
  }

  int64(value: bigint): this {
    const at = this.#reserve(8);
    this.#buffer.writeBigInt64LE(value, at);
    return this;
  }

  float(value: number): this {
    const at = this.#reserve(4);
    this.#buffer.writeFloatLE(value, at);
    return this;
  }

  double(value: number): this {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleLE(value, at);
    return this;
  }

  /** `length` of 1 to 6 bytes. */
  uint(value: number, length: number): this {
    const at = this.#reserve(length);
    this.#buffer.writeUIntLE(value, at, length);
    return this;
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#reserve(bytes.length);
    this.#buffer.set(bytes, at);
    return this;
  }

  text(text: string): this {
    const at = this.#reserve(text.length * 2);
    this.#buffer.write(text, at, 'utf16le');
    return this;
  }

  /** B_VARCHAR; longer text is cut. */
  shortText(text: string): this {
    const cut = text.slice(0, 255);
    return this.uint8(cut.length).text(cut);
  }

  /** US_VARCHAR; longer text is cut. */
  longText(text: string): this {
    const cut = text.slice(0, 65_535);
    return this.uint16(cut.length).text(cut);
  }

  /** Writes what `write` writes, behind its length as 16 bits. */
  counted16(write: () => void): this {
    const at = this.#reserve(2);
    write();
    this.#buffer.writeUInt16LE(this.#length - at - 2, at);
    return this;
  }

  counted32(write: () => void): this {
    const at = this.#reserve(4);
    write();
    this.#buffer.writeUInt32LE(this.#length - at - 4, at);
    return this;
  }

  #reserve(length: number): number {
    const at = this.#length;
    const needed = at + length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    this.#length = needed;
    return at;
  }
}
