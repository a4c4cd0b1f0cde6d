import type { TokenCredential } from '@azure/core-auth';
import type { AppendBlobClient } from '@azure/storage-blob';
import { untilReadable } from '../azure-call-policy.ts';
import { blobClientOptions, errorCodeOf, STORAGE_SCOPE, timeLimit } from '../blobs.ts';
import { once } from '../credential.ts';
import { AppError } from '../errors.ts';
import { operations } from '../operations.ts';
import { toAppError } from '../to-app-error.ts';

/** The end of a blob of lines. */
export interface Tail {
  /** Its bytes. */
  readonly length: number;
  /** Without its end; absent: there is none. */
  readonly lastLine?: string;
}

/** A blob that only grows, of lines. Each call throws AppError. */
export interface AppendBlob {
  /** Creates the blob if there is none. */
  readTail(): Promise<Tail>;
  /** Appends if the blob is still so long; false: it isn't. At most 4 MB. */
  append(bytes: Buffer, length: number): Promise<boolean>;
}

const FIRST_LOOK_BYTES = 64 * 1024;

export function openAppendBlob(
  container: URL,
  name: string,
  credential: TokenCredential,
  principalIdInHand: (tokenScope: string) => string | undefined,
): AppendBlob {
  const address = `${container.href}/${encodeURIComponent(name)}`;
  const client = once(async (): Promise<AppendBlobClient> => {
    const { AppendBlobClient: Client } = await import('@azure/storage-blob');
    return new Client(address, credential, blobClientOptions(container));
  });
  const told = async <T>(kind: 'readBlob' | 'writeBlob', call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw toAppError(error, operations[kind](address), principalIdInHand(STORAGE_SCOPE));
    }
  };
  return {
    async readTail() {
      const blob = await client();
      await told('writeBlob', () => createIfAbsent(blob));
      return told('readBlob', () => untilReadable(() => readTail(blob)));
    },
    append: (bytes, length) =>
      told('writeBlob', async () => {
        try {
          const blob = await client();
          const conditions = { appendPosition: length };
          await blob.appendBlock(bytes, bytes.length, { conditions, abortSignal: timeLimit() });
          return true;
        } catch (error) {
          if (errorCodeOf(error) === 'AppendPositionConditionNotMet') return false;
          throw error;
        }
      }),
  };
}

async function createIfAbsent(blob: AppendBlobClient): Promise<void> {
  try {
    await blob.create({
      conditions: { ifNoneMatch: '*' },
      blobHTTPHeaders: { blobContentType: 'application/x-ndjson' },
      abortSignal: timeLimit(),
    });
  } catch (error) {
    if (!/^(?:ConditionNotMet|BlobAlreadyExists)$/.test(errorCodeOf(error) ?? '')) throw error;
  }
}

async function readTail(blob: AppendBlobClient): Promise<Tail> {
  const { contentLength: length = 0 } = await blob.getProperties({ abortSignal: timeLimit() });
  // A line may be longer than the first look.
  for (let look = FIRST_LOOK_BYTES; length > 0; look *= 8) {
    const offset = Math.max(0, length - look);
    const bytes = await download(blob, offset, length - offset);
    const end = bytes.lastIndexOf('\n');
    const start = bytes.lastIndexOf('\n', end - 1);
    const isWhole = end > 0 && (start >= 0 || offset === 0);
    if (isWhole) return { length, lastLine: bytes.toString('utf8', start + 1, end) };
    if (offset === 0) throw notOfTheArchive(blob.name);
  }
  return { length: 0 };
}

async function download(blob: AppendBlobClient, offset: number, count: number): Promise<Buffer> {
  const answer = await blob.download(offset, count, { abortSignal: timeLimit() });
  const chunks: Buffer[] = [];
  for await (const chunk of answer.readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** For a blob whose last line nobody has written who uses this file. */
export function notOfTheArchive(name: string, cause?: unknown): AppError {
  return new AppError({
    code: 'CONFIG_INVALID',
    target: 'blobs',
    message: `The blob ${name} does not end as the archive's do. Nothing was appended.`,
    nextStep: 'Move it away: the archive then begins it anew.',
    cause,
  });
}
