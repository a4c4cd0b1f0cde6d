// The events of one partition, on disk as Azure has them: memory holds eight bytes of each.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EventEntry, Segment, type StoredEvent } from './segment.ts';

const SEGMENT_BYTES = 16 * 1024 * 1024;
const SUFFIX = '.events';

export class PartitionLog {
  readonly #directory: string;
  readonly #segments: Segment[];
  /** The oldest event that is still there: retention takes single events, files go when all of theirs are gone. */
  #first: number;

  /** Goes on with what is in the directory; makes it if there is none. */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#segments = readdirSync(directory)
      .filter((name) => name.endsWith(SUFFIX))
      .sort()
      .map((name) => new Segment(join(directory, name), Number.parseInt(name, 10)));
    this.#first = this.#segments[0]?.firstSequenceNumber ?? 0;
  }

  get firstSequenceNumber(): number {
    return this.#first;
  }

  /** The sequence number of the next event. */
  get nextSequenceNumber(): number {
    const last = this.#segments.at(-1);
    return last ? last.firstSequenceNumber + last.count : 0;
  }

  get isEmpty(): boolean {
    return this.#first >= this.nextSequenceNumber;
  }

  get sizeBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.sizeBytes, 0);
  }

  append(events: readonly StoredEvent[]): void {
    let segment = this.#segments.at(-1);
    if (!segment || segment.sizeBytes >= SEGMENT_BYTES) segment = this.#begin();
    segment.append(events);
  }

  #begin(): Segment {
    const first = this.nextSequenceNumber;
    const name = `${String(first).padStart(16, '0')}${SUFFIX}`;
    const segment = new Segment(join(this.#directory, name), first);
    this.#segments.push(segment);
    return segment;
  }

  entry(sequenceNumber: number): EventEntry {
    const segment = this.#segmentOf(sequenceNumber);
    if (!segment) throw new RangeError(`there is no event ${sequenceNumber}`);
    return segment.entry(sequenceNumber - segment.firstSequenceNumber);
  }

  /** Consecutive messages from `sequenceNumber` on, at least one if there is one. */
  read(sequenceNumber: number, maxCount: number, maxBytes: number): Buffer[] {
    const segment = this.#segmentOf(sequenceNumber);
    if (!segment) return [];
    return segment.read(sequenceNumber - segment.firstSequenceNumber, maxCount, maxBytes);
  }

  /** The first event that fits, if every one after a fitting one fits too; `nextSequenceNumber` if none does. */
  findFirst(fits: (entry: EventEntry) => boolean): number {
    let low = this.#first;
    let high = this.nextSequenceNumber;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (fits(this.entry(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Lets go of what was enqueued before. */
  expire(beforeMs: number): void {
    if (this.isEmpty || this.entry(this.#first).enqueuedAtMs >= beforeMs) return;
    this.#first = this.findFirst(({ enqueuedAtMs }) => enqueuedAtMs >= beforeMs);
    // The last file stays: it knows the next sequence number.
    while (this.#segments.length > 1) {
      const [oldest, following] = this.#segments;
      if (!oldest || !following || following.firstSequenceNumber > this.#first) return;
      oldest.delete();
      this.#segments.shift();
    }
  }

  close(): void {
    for (const segment of this.#segments) segment.close();
  }

  delete(): void {
    this.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #segmentOf(sequenceNumber: number): Segment | undefined {
    if (sequenceNumber < this.#first || sequenceNumber >= this.nextSequenceNumber) return undefined;
    return this.#segments.findLast((segment) => segment.firstSequenceNumber <= sequenceNumber);
  }
}
