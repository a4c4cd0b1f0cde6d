import { createHash } from 'node:crypto';
import type { TokenCredential } from '@azure/core-auth';
import type { RestError } from '@azure/core-rest-pipeline';
import type { BlockBlobClient, StoragePipelineOptions } from '@azure/storage-blob';
import { azureCallPolicies, BrokenAnswer, untilReadable } from './azure-call-policy.ts';
import { once } from './credential.ts';
import { remainingMs } from './deadline.ts';
import { AppError } from './errors.ts';
import { type Operation, operations } from './operations.ts';
import { toAppError } from './to-app-error.ts';

export const STORAGE_SCOPE = 'https://storage.azure.com/.default';
const ATTEMPT_MS = 5_000;
/** A checkpoint of 200,000 remembered resources is half of this. */
const LARGEST_BYTES = 32 * 1024 * 1024;
/** The scan's blobs are two; each recorded finding is one. */
const MOST_CLIENTS = 16;

export interface BlobContent {
  /** Absent: there is no such blob. */
  readonly text?: string;
  readonly etag?: string;
  /** The storage service's clock when it answered. */
  readonly serverTime: Date;
}

export interface Blobs {
  /** Throws AppError; CONFIG_INVALID for a blob over 32 MB. */
  read(name: string): Promise<BlobContent>;
  /**
   * Writes JSON text and returns the new ETag. `ifMatch`: only over this version (undefined: only if there is none);
   * `'overwrite'`: whatever is there. Returns undefined if another was faster (412, 409). Throws AppError.
   */
  write(
    name: string,
    text: string,
    ifMatch: string | undefined | 'overwrite',
  ): Promise<string | undefined>;
  /** One harmless call: may we read in the container? Throws AppError. */
  probe(): Promise<Operation>;
}

export function createBlobs(
  containerUrl: URL,
  credential: TokenCredential,
  principalIdInHand: (tokenScope: string) => string | undefined,
): Blobs {
  return new Container(containerUrl, credential, principalIdInHand);
}

const sdk = once(() => import('@azure/storage-blob'));

class Container implements Blobs {
  readonly #url: URL;
  readonly #credential: TokenCredential;
  readonly #principalIdInHand: (tokenScope: string) => string | undefined;
  readonly #clients = new Map<string, BlockBlobClient>();

  constructor(
    url: URL,
    credential: TokenCredential,
    principalIdInHand: (tokenScope: string) => string | undefined,
  ) {
    this.#url = url;
    this.#credential = credential;
    this.#principalIdInHand = principalIdInHand;
  }

  async read(name: string): Promise<BlobContent> {
    try {
      return await untilReadable(() => this.#download(name));
    } catch (error) {
      if (errorCodeOf(error) === 'BlobNotFound') return { serverTime: serverTimeOf(error) };
      throw this.#appError(error, operations.readBlob(this.#addressOf(name)));
    }
  }

  async #download(name: string): Promise<BlobContent> {
    const abortSignal = timeLimit();
    const client = await this.#clientOf(name);
    const answer = await client.download(0, undefined, { abortSignal });
    const bytes = await readAll(answer.readableStreamBody ?? [], name).catch((error: unknown) => {
      // The SDK calls a broken stream an abort, too.
      if ((error as Error).name !== 'AbortError') throw error;
      throw new BrokenAnswer(abortSignal.aborted ? 'ETIMEDOUT' : 'ECONNRESET');
    });
    if (isDamaged(bytes, answer.contentMD5)) throw new BrokenAnswer('PARSE_ERROR');
    return {
      text: bytes.toString('utf8'),
      ...(answer.etag ? { etag: answer.etag } : {}),
      serverTime: answer.date ?? serverTimeOf(undefined),
    };
  }

  async write(
    name: string,
    text: string,
    ifMatch: string | undefined | 'overwrite',
  ): Promise<string | undefined> {
    const conditions =
      ifMatch === 'overwrite' ? {} : ifMatch === undefined ? { ifNoneMatch: '*' } : { ifMatch };
    try {
      const client = await this.#clientOf(name);
      const { etag } = await client.upload(text, Buffer.byteLength(text), {
        conditions,
        blobHTTPHeaders: { blobContentType: 'application/json' },
        abortSignal: timeLimit(),
      });
      return etag;
    } catch (error) {
      if (/^(?:ConditionNotMet|BlobAlreadyExists)$/.test(errorCodeOf(error) ?? '')) {
        return undefined;
      }
      throw this.#appError(error, operations.writeBlob(this.#addressOf(name)));
    }
  }

  async probe(): Promise<Operation> {
    const name = 'scan-checkpoint.json';
    const operation = operations.readBlob(this.#addressOf(name));
    try {
      const client = await this.#clientOf(name);
      await client.getProperties({ abortSignal: timeLimit() });
    } catch (error) {
      if (errorCodeOf(error) !== 'BlobNotFound') throw this.#appError(error, operation);
    }
    return operation;
  }

  /** One client, one pipeline: the SDK adds additionalPolicies anew for each client of a shared one, and then throws. */
  async #clientOf(name: string): Promise<BlockBlobClient> {
    const { BlockBlobClient } = await sdk();
    const known = this.#clients.get(name);
    if (known) return known;
    const options = blobClientOptions(this.#url);
    const client = new BlockBlobClient(this.#addressOf(name), this.#credential, options);
    const [oldest] = this.#clients.keys();
    if (oldest !== undefined && this.#clients.size >= MOST_CLIENTS) this.#clients.delete(oldest);
    this.#clients.set(name, client);
    return client;
  }

  #addressOf(name: string): string {
    return `${this.#url.href}/${encodeURIComponent(name)}`;
  }

  #appError(error: unknown, operation: Operation): AppError {
    return toAppError(error, operation, this.#principalIdInHand(STORAGE_SCOPE));
  }
}

/** Of a client of one blob in the container at `url`. */
export function blobClientOptions(url: URL): StoragePipelineOptions {
  const options: StoragePipelineOptions & { additionalPolicies: unknown } = {
    retryOptions: { maxTries: 1 },
    additionalPolicies: azureCallPolicies({
      target: 'blobs',
      hosts: [url.hostname],
      attemptMs: ATTEMPT_MS,
    }),
  };
  return options;
}

/** The policies' limit ends with the headers of a streamed answer; this one covers its body. */
export function timeLimit(): AbortSignal {
  const milliseconds = Math.min(ATTEMPT_MS * 2, remainingMs() - 100);
  return AbortSignal.timeout(Math.max(1, Math.floor(milliseconds)));
}

/** The service's code for a refusal, or that of a connection that failed. */
export function errorCodeOf(error: unknown): string | undefined {
  const { response, code } = error as Partial<RestError>;
  return response?.headers?.get('x-ms-error-code') ?? code;
}

/** [RFC 9110 6.6.1] An origin server with a clock sends Date. */
function serverTimeOf(error: unknown): Date {
  const text = (error as Partial<RestError> | undefined)?.response?.headers?.get('date');
  const time = new Date(text ?? Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw new AppError({
    code: 'UNEXPECTED',
    target: 'blobs',
    message: 'The storage service answered without a Date header.',
    nextStep: 'Find out what stands between the app and the storage account.',
  });
}

async function readAll(
  stream: AsyncIterable<string | Buffer> | Iterable<Buffer>,
  name: string,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > LARGEST_BYTES) throw tooLarge(name);
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

/** Azure: Put Blob keeps the MD5 of a block blob. Half a checkpoint must not pass for a corrupt one. */
function isDamaged(bytes: Buffer, md5: Uint8Array | undefined): boolean {
  return md5 !== undefined && !createHash('md5').update(bytes).digest().equals(md5);
}

function tooLarge(name: string): AppError {
  return new AppError({
    code: 'CONFIG_INVALID',
    target: 'blobs',
    message: `The blob ${name} is larger than 32 MB, so it is not the app's.`,
    nextStep: 'Look at it, and move it away; nothing was overwritten.',
  });
}
