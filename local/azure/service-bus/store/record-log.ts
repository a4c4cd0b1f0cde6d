// A file of records: appended to in groups that are there as a whole or not at all, rewritten when most of it is past.
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

export type Fields = readonly (string | number | null)[];

/** Length and CRC-32 of what follows. */
const GROUP_HEADER_BYTES = 8;
/** Lengths of the fields, as JSON, and of the body. */
const RECORD_HEADER_BYTES = 8;
/** A rewrite is no transaction: it leaves in pieces of this size. */
const REWRITE_GROUP_BYTES = 1024 * 1024;
/** A larger buffer is given back once its group is written. */
const LARGEST_IDLE_BYTES = 2 * 1024 * 1024;
const NO_BYTES = Buffer.alloc(0);

export class RecordLog {
  readonly #path: string;
  #file: number;
  /** The group that is being made, up to `#end`. */
  #group = NO_BYTES;
  #end = GROUP_HEADER_BYTES;
  /** On disk. */
  sizeBytes = 0;

  /** Opens or makes the file and tells what is in it. What a killed process left half-written is cut off. */
  constructor(path: string, onRecord: (fields: Fields, body: Buffer) => void) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(`${path}.new`, { force: true });
    this.#file = openSync(path, 'a+', 0o600);
    this.#recover(onRecord);
  }

  /** Belongs to the group that the next `commit` writes. */
  append(fields: Fields, body: Buffer = NO_BYTES): void {
    const json = JSON.stringify(fields);
    // UTF-8 takes at most three bytes for a unit of UTF-16.
    this.#makeRoom(RECORD_HEADER_BYTES + json.length * 3 + body.length);
    const group = this.#group;
    const at = this.#end;
    const jsonLength = group.write(json, at + RECORD_HEADER_BYTES);
    group.writeUInt32BE(jsonLength, at);
    group.writeUInt32BE(body.length, at + 4);
    body.copy(group, at + RECORD_HEADER_BYTES + jsonLength);
    this.#end = at + RECORD_HEADER_BYTES + jsonLength + body.length;
  }

  /** After it, nothing of the group is lost with the process. Throws what the file system throws; the group stays. */
  commit(): void {
    if (this.#end === GROUP_HEADER_BYTES) return;
    const group = this.#group.subarray(0, this.#end);
    group.writeUInt32BE(this.#end - GROUP_HEADER_BYTES, 0);
    group.writeUInt32BE(crc32(group.subarray(GROUP_HEADER_BYTES)), 4);
    this.#write(group);
    this.#clear();
  }

  /** Replaces everything by what `appendAll` appends. If it throws, nothing has changed. */
  rewrite(appendAll: (append: RecordLog['append']) => void): void {
    this.commit();
    const old = { file: this.#file, sizeBytes: this.sizeBytes };
    const path = `${this.#path}.new`;
    this.#file = openSync(path, 'w', 0o600);
    this.sizeBytes = 0;
    try {
      appendAll((fields, body) => {
        this.append(fields, body);
        if (this.#end >= REWRITE_GROUP_BYTES) this.commit();
      });
      this.commit();
      renameSync(path, this.#path);
    } catch (error) {
      closeSync(this.#file);
      rmSync(path, { force: true });
      this.#file = old.file;
      this.sizeBytes = old.sizeBytes;
      this.#clear();
      throw error;
    }
    closeSync(old.file);
  }

  close(): void {
    closeSync(this.#file);
  }

  delete(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }

  #clear(): void {
    this.#end = GROUP_HEADER_BYTES;
    if (this.#group.length > LARGEST_IDLE_BYTES) this.#group = NO_BYTES;
  }

  #makeRoom(bytes: number): void {
    if (this.#end + bytes <= this.#group.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#group.length, this.#end + bytes, 4096));
    this.#group.copy(larger, 0, 0, this.#end);
    this.#group = larger;
  }

  /** A group that does not fit is taken back, or it would hide what is written behind it. */
  #write(group: Buffer): void {
    try {
      for (let at = 0; at < group.length; ) at += writeSync(this.#file, group, at);
    } catch (error) {
      ftruncateSync(this.#file, this.sizeBytes);
      throw error;
    }
    this.sizeBytes += group.length;
  }

  #recover(onRecord: (fields: Fields, body: Buffer) => void): void {
    const { size } = fstatSync(this.#file);
    const header = Buffer.allocUnsafe(GROUP_HEADER_BYTES);
    while (this.sizeBytes + GROUP_HEADER_BYTES <= size) {
      readSync(this.#file, header, 0, GROUP_HEADER_BYTES, this.sizeBytes);
      const length = header.readUInt32BE(0);
      const end = this.sizeBytes + GROUP_HEADER_BYTES + length;
      if (length === 0 || end > size) break;
      const group = Buffer.allocUnsafe(length);
      readSync(this.#file, group, 0, length, this.sizeBytes + GROUP_HEADER_BYTES);
      if (crc32(group) !== header.readUInt32BE(4)) break;
      readRecords(group, onRecord);
      this.sizeBytes = end;
    }
    if (this.sizeBytes < size) ftruncateSync(this.#file, this.sizeBytes);
  }
}

function readRecords(group: Buffer, onRecord: (fields: Fields, body: Buffer) => void): void {
  for (let at = 0; at < group.length; ) {
    const bodyAt = at + RECORD_HEADER_BYTES + group.readUInt32BE(at);
    const end = bodyAt + group.readUInt32BE(at + 4);
    const json = group.toString('utf8', at + RECORD_HEADER_BYTES, bodyAt);
    onRecord(JSON.parse(json) as Fields, group.subarray(bodyAt, end));
    at = end;
  }
}
