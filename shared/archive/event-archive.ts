// The stream of the hub as blobs of lines. The host moves its checkpoint after each batch and gives one again after a
// crash, cut otherwise; and for a while two hosts may read one partition. So a line is appended only where the blob
// ends as it was read, and only if its event comes after the last one there.
import type { TokenCredential } from '@azure/core-auth';
import { AppError } from '../errors.ts';
import { type AppendBlob, notOfTheArchive, openAppendBlob, type Tail } from './append-blob.ts';
import { decodePosition, encodeLine, type StreamBatch, type StreamEvent } from './stream-event.ts';

export interface EventArchive {
  /** Appends what is not there yet, and returns how many that were. Throws AppError. */
  append(batch: StreamBatch): Promise<number>;
}

/** Azure: an append blob takes 50,000 blocks, and an event may be one. */
const EVENTS_PER_BLOB = 10_000;
/** Azure: in one block, by every version of the service. */
const LARGEST_BLOCK_BYTES = 4 * 1024 * 1024;
const ATTEMPTS = 5;

interface OpenBlob {
  readonly name: string;
  readonly blob: AppendBlob;
  tail?: Tail;
}

export function createArchive(
  container: URL,
  credential: TokenCredential,
  principalIdInHand: (tokenScope: string) => string | undefined,
): EventArchive {
  /** The newest of each partition. */
  const open = new Map<string, OpenBlob>();
  const blobOf = (partition: string, name: string): OpenBlob => {
    const known = open.get(partition);
    if (known?.name === name) return known;
    const blob = openAppendBlob(container, name, credential, principalIdInHand);
    const opened = { name, blob };
    open.set(partition, opened);
    return opened;
  };
  return {
    async append({ hub, partitionId, events }) {
      const partition = `${hub}/${partitionId}`;
      const groups = Map.groupBy(events, (event) => blobNameOf(partition, event));
      let appended = 0;
      for (const [name, group] of groups) {
        appended += await appendNew(blobOf(partition, name), group);
      }
      return appended;
    },
  };
}

/** By the event alone, so that whoever gets it again looks in the same place. The day tells a hub that was made anew. */
function blobNameOf(partition: string, { enqueuedTime, sequenceNumber }: StreamEvent): string {
  const first = Math.floor(sequenceNumber / EVENTS_PER_BLOB) * EVENTS_PER_BLOB;
  return `${partition}/${enqueuedTime.slice(0, 10)}/${String(first).padStart(16, '0')}.ndjson`;
}

/** A lost race reads the end of the blob again. */
async function appendNew(open: OpenBlob, events: readonly StreamEvent[]): Promise<number> {
  let appended = 0;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    open.tail ??= await open.blob.readTail();
    const { lines, last } = nextBlock(events, endOf(open.name, open.tail));
    if (lines.length === 0) return appended;
    const block = Buffer.from(lines.join(''));
    const { length } = open.tail;
    delete open.tail; // Whatever happens now, the end is another one.
    if (!(await open.blob.append(block, length))) continue;
    open.tail = { length: length + block.length, lastLine: last };
    appended += lines.length;
    attempt = 0;
  }
  throw new AppError({
    code: 'TARGET_UNAVAILABLE',
    target: 'blobs',
    message: `Other writers changed ${open.name} ${ATTEMPTS} times in a row.`,
    nextStep: 'Find out who else writes to the archive.',
  });
}

type Position = ReturnType<typeof decodePosition>;

function endOf(name: string, { lastLine }: Tail): Position | undefined {
  if (lastLine === undefined) return undefined;
  try {
    return decodePosition(lastLine);
  } catch (cause) {
    throw notOfTheArchive(name, cause);
  }
}

/** As many lines of what comes after the end of the blob as fit into one block. */
function nextBlock(
  events: readonly StreamEvent[],
  end: Position | undefined,
): { readonly lines: readonly string[]; readonly last: string } {
  const lines: string[] = [];
  let bytes = 0;
  for (const event of events) {
    const isThere =
      end !== undefined &&
      event.sequenceNumber <= end.sequenceNumber &&
      event.enqueuedTime <= end.enqueuedTime;
    if (isThere) continue;
    const line = encodeLine(event);
    bytes += Buffer.byteLength(line);
    if (bytes > LARGEST_BLOCK_BYTES && lines.length > 0) break;
    lines.push(line);
  }
  return { lines, last: (lines.at(-1) ?? '').slice(0, -1) };
}
