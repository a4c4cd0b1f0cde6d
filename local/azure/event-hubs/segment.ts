// A file of consecutive events of one partition: appended to, read in pieces, deleted as a whole.
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';

/** What is known of an event without its bytes. */
export interface EventEntry {
  /** Azure's offset: grows by the bytes of each event. */
  readonly offset: number;
  readonly enqueuedAtMs: number;
}

export interface StoredEvent extends EventEntry {
  /** The message as readers get it. */
  readonly message: Buffer;
}

/** Length of the message, time and offset in front of each message. */
const HEADER_BYTES = 20;

export class Segment {
  readonly path: string;
  readonly firstSequenceNumber: number;
  readonly #file: number;
  /** Where each event begins; the last item is the end of the file. */
  #positions = new Float64Array(1024);
  #count = 0;

  /** Opens or makes the file. What a killed process left half-written at its end is cut off. */
  constructor(path: string, firstSequenceNumber: number) {
    this.path = path;
    this.firstSequenceNumber = firstSequenceNumber;
    this.#file = openSync(path, 'a+', 0o600);
    this.#recover();
  }

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#positions[this.#count] ?? 0;
  }

  /** Written with one call, so that events of a batch are there together or not at all. */
  append(events: readonly StoredEvent[]): void {
    const size = events.reduce((sum, { message }) => sum + HEADER_BYTES + message.length, 0);
    const bytes = Buffer.allocUnsafe(size);
    let at = 0;
    for (const { message, offset, enqueuedAtMs } of events) {
      bytes.writeUInt32BE(message.length, at);
      bytes.writeDoubleBE(enqueuedAtMs, at + 4);
      bytes.writeDoubleBE(offset, at + 12);
      message.copy(bytes, at + HEADER_BYTES);
      at += HEADER_BYTES + message.length;
    }
    writeSync(this.#file, bytes);
    let end = this.sizeBytes;
    for (const { message } of events) {
      end += HEADER_BYTES + message.length;
      this.#remember(end);
    }
  }

  /** `index` from 0 within the segment. */
  entry(index: number): EventEntry {
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    readSync(this.#file, header, 0, HEADER_BYTES, this.#positions[index] ?? 0);
    return { enqueuedAtMs: header.readDoubleBE(4), offset: header.readDoubleBE(12) };
  }

  /** Messages from `index` on, at least one, as many as fit into `maxBytes` and `maxCount`. */
  read(index: number, maxCount: number, maxBytes: number): Buffer[] {
    const start = this.#positions[index] ?? 0;
    let end = index + 1;
    const last = Math.min(this.#count, index + maxCount);
    while (end < last && (this.#positions[end + 1] ?? 0) - start <= maxBytes) end += 1;
    const bytes = Buffer.allocUnsafe((this.#positions[end] ?? 0) - start);
    readSync(this.#file, bytes, 0, bytes.length, start);
    const messages: Buffer[] = [];
    for (let at = index; at < end; at++) {
      const from = (this.#positions[at] ?? 0) - start + HEADER_BYTES;
      messages.push(bytes.subarray(from, (this.#positions[at + 1] ?? 0) - start));
    }
    return messages;
  }

  close(): void {
    closeSync(this.#file);
  }

  delete(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  #recover(): void {
    const { size } = fstatSync(this.#file);
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    let at = 0;
    while (at + HEADER_BYTES <= size) {
      readSync(this.#file, header, 0, HEADER_BYTES, at);
      const end = at + HEADER_BYTES + header.readUInt32BE(0);
      if (end > size) break;
      at = end;
      this.#remember(at);
    }
    if (at < size) ftruncateSync(this.#file, at);
  }

  #remember(end: number): void {
    this.#count += 1;
    if (this.#count >= this.#positions.length) {
      const larger = new Float64Array(this.#positions.length * 2);
      larger.set(this.#positions);
      this.#positions = larger;
    }
    this.#positions[this.#count] = end;
  }
}
