// What a queue or a topic with its subscriptions keeps on disk, and finds again after its process was killed.
import { MessageContent } from '../messages/message-content.ts';
import { type Fields, RecordLog } from './record-log.ts';
import { putFields, RestoredQueue } from './restored-queue.ts';
import type { QueueContents, QueueStore, StoredMessage } from './stored-message.ts';

/** A file that has grown beyond this, and to twice of what was left of it last time, is rewritten. */
const REWRITE_BYTES = 32 * 1024 * 1024;

/** Message ids that duplicate detection remembers: id and when it came, oldest first. */
export type SeenIds = Iterable<readonly [messageId: string, seenMs: number]>;

export interface EntityStore {
  /** `main`, `dead-letters`, `scheduled`, `subscriptions/all`, `subscriptions/all/dead-letters`. */
  queue(key: string): QueueStore;
  /** What an earlier process had seen. `current`: what a rewrite of the file asks from then on. */
  openHistory(current: () => SeenIds): SeenIds;
  noteSeen(messageId: string, seenMs: number): void;
  /** After it, what was noted outlives the process: nobody is told of it before. */
  commit(): void;
  close(): void;
  delete(): void;
}

/** `onDirty` is called with the first change after each commit. */
export function openEntityStore(path: string, onDirty: () => void): EntityStore {
  return new FileStore(path, onDirty);
}

class FileStore implements EntityStore {
  readonly #log: RecordLog;
  readonly #onDirty: () => void;
  /** What rewriting writes: queues that are open, and what was found of others. */
  readonly #queues = new Map<string, QueueContents>();
  readonly #found = new Map<string, RestoredQueue>();
  readonly #contents = new Map<number, MessageContent>();
  /** The last ones that were taken without a message, since the last commit. */
  readonly #numbers = new Map<string, number>();
  readonly #foundIds = new Map<string, number>();
  #seenIds: () => SeenIds = () => this.#foundIds;
  /** The number of each content in the file as it is now. */
  #written = new WeakMap<MessageContent, number>();
  #lastContentNumber = 0;
  #isDirty = false;
  #isClosed = false;
  #rewriteAtBytes = REWRITE_BYTES;

  constructor(path: string, onDirty: () => void) {
    this.#onDirty = onDirty;
    this.#log = new RecordLog(path, (fields, body) => this.#restore(fields, body));
    this.#contents.clear();
    for (const [key, found] of this.#found) this.#queues.set(key, found);
  }

  queue(key: string): QueueStore {
    return {
      open: (contents) => {
        const found = this.#found.get(key) ?? new RestoredQueue();
        this.#found.delete(key);
        this.#queues.set(key, contents);
        return found;
      },
      put: (message) => this.#note((append) => this.#put(append, key, message)),
      change: ({ sequenceNumber, deliveryCount, state }) =>
        this.#note((append) => append(['change', key, sequenceNumber, deliveryCount, state])),
      remove: ({ sequenceNumber }) =>
        this.#note((append) => append(['remove', key, sequenceNumber])),
      takeNumber: (sequenceNumber) => {
        this.#numbers.set(key, sequenceNumber);
        this.#note(() => undefined);
      },
      putSession: (id, state, updatedTimeMs) =>
        this.#note((append) => append(['session', key, id, updatedTimeMs, state ? 1 : 0], state)),
      drop: () => {
        this.#queues.delete(key);
        this.#note((append) => append(['drop', key]));
      },
    };
  }

  openHistory(current: () => SeenIds): SeenIds {
    const found = [...this.#foundIds];
    this.#foundIds.clear();
    this.#seenIds = current;
    return found;
  }

  noteSeen(messageId: string, seenMs: number): void {
    this.#note((append) => append(['seen', messageId, seenMs]));
  }

  commit(): void {
    if (!this.#isDirty || this.#isClosed) return;
    for (const [key, number] of this.#numbers) this.#log.append(['number', key, number]);
    this.#numbers.clear();
    this.#log.commit();
    this.#isDirty = false;
    if (this.#log.sizeBytes >= this.#rewriteAtBytes) this.#rewrite();
  }

  close(): void {
    this.commit();
    if (!this.#isClosed) this.#log.close();
    this.#isClosed = true;
  }

  delete(): void {
    if (!this.#isClosed) this.#log.delete();
    this.#isClosed = true;
  }

  #note(write: (append: RecordLog['append']) => void): void {
    if (this.#isClosed) return;
    write((fields, body) => this.#log.append(fields, body));
    if (this.#isDirty) return;
    this.#isDirty = true;
    this.#onDirty();
  }

  /** Subscriptions share a content, and the file has it once. */
  #put(append: RecordLog['append'], key: string, message: StoredMessage): void {
    const { content } = message;
    let number = this.#written.get(content);
    if (number === undefined) {
      number = ++this.#lastContentNumber;
      this.#written.set(content, number);
      const { bytes, properties, messageId } = content.toStored();
      append(['content', number, messageId ?? null], bytes);
      if (properties) append(['properties', number], properties);
    }
    append(['put', key, number, ...putFields(message)]);
  }

  #rewrite(): void {
    this.#written = new WeakMap();
    try {
      this.#log.rewrite((append) => {
        for (const [id, seenMs] of this.#seenIds()) append(['seen', id, seenMs]);
        for (const [key, contents] of this.#queues) {
          append(['number', key, contents.lastSequenceNumber]);
          for (const { id, state, updatedTimeMs } of contents.sessions()) {
            append(['session', key, id, updatedTimeMs, 1], state);
          }
          for (const message of contents.messages()) this.#put(append, key, message);
        }
      });
    } catch {
      // The old file is still there, and holds everything.
    } finally {
      this.#rewriteAtBytes = Math.max(REWRITE_BYTES, this.#log.sizeBytes * 2);
    }
  }

  #restore([kind, first, ...rest]: Fields, body: Buffer): void {
    if (kind === 'content') this.#restoreContent(Number(first), rest[0], body);
    else if (kind === 'properties') this.#restoreProperties(Number(first), body);
    else if (kind === 'seen') this.#foundIds.set(String(first), Number(rest[0]));
    else this.#restoreQueue(String(kind), String(first), rest, body);
  }

  #restoreContent(number: number, messageId: Fields[number] | undefined, body: Buffer): void {
    const id = typeof messageId === 'string' ? messageId : undefined;
    this.#keepContent(number, MessageContent.restore({ bytes: Buffer.from(body), messageId: id }));
  }

  #restoreProperties(number: number, body: Buffer): void {
    const content = this.#contents.get(number);
    if (!content) return;
    const properties = Buffer.from(body);
    this.#keepContent(number, MessageContent.restore({ ...content.toStored(), properties }));
  }

  #keepContent(number: number, content: MessageContent): void {
    this.#contents.set(number, content);
    this.#written.set(content, number);
    this.#lastContentNumber = Math.max(this.#lastContentNumber, number);
  }

  #restoreQueue(kind: string, key: string, fields: Fields, body: Buffer): void {
    const queue = this.#found.get(key) ?? new RestoredQueue();
    this.#found.set(key, queue);
    const [first, second, third] = fields;
    if (kind === 'put') {
      const content = this.#contents.get(Number(first));
      if (content) queue.put(fields.slice(1), content);
    } else if (kind === 'change') {
      queue.change(Number(first), Number(second), String(third));
    } else if (kind === 'remove') queue.remove(Number(first));
    else if (kind === 'number') queue.takeNumber(Number(first));
    else if (kind === 'session') {
      const state = third === 1 ? Buffer.from(body) : undefined;
      queue.putSession(String(first), state, Number(second));
    } else if (kind === 'drop') this.#found.delete(key);
  }
}
