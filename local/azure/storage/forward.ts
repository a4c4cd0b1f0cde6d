// Both directions of a proxied request, streamed: nothing is held in memory, an end on one side ends the other.
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { StorageError } from './storage-error.ts';

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** Azurite's clock is the machine's; the door has said its own. */
const SAID_BY_DOOR = new Set([...HOP_BY_HOP, 'date']);

/** Headers of the client that Azurite must not see. X-HTTP-Method makes it do another thing than was asked. */
const NOT_FORWARDED = new Set([...HOP_BY_HOP, 'host', 'x-http-method', 'x-http-method-override']);

/** The client's headers in their own spelling (metadata names keep their case), repeated ones joined. */
export function headersToForward(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  const spelling = new Map<string, string>();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    const name = incoming.rawHeaders[index] ?? '';
    const value = incoming.rawHeaders[index + 1] ?? '';
    const lower = name.toLowerCase();
    if (NOT_FORWARDED.has(lower)) continue;
    const known = spelling.get(lower);
    if (known === undefined) {
      spelling.set(lower, name);
      headers[name] = value;
    } else {
      headers[known] = `${headers[known]}, ${value}`;
    }
  }
  return headers;
}

export interface ForwardedAnswer {
  readonly status: number;
  /** `x-ms-error-code`, where there was one. */
  readonly code?: string;
}

/**
 * Streams the request to `upstream` and its answer back, with `headers` over the answer's own.
 * Resolves when the answer's head has been passed on.
 * Throws StorageError for Azurite's refusals, and ServerBusy if no answer came.
 */
export function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  upstream: ClientRequest,
  headers: Readonly<Record<string, string>>,
): Promise<ForwardedAnswer> {
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) upstream.destroy();
  });
  return new Promise((resolve, reject) => {
    upstream.once('response', (answer) => {
      const status = answer.statusCode ?? 502;
      const code = answer.headers['x-ms-error-code'];
      if (status >= 400 && typeof code === 'string') {
        answer.resume();
        reject(toStorageError(answer, status, code));
        return;
      }
      outgoing.writeHead(status, answer.statusMessage, { ...answerHeaders(answer), ...headers });
      resolve({ status, ...(typeof code === 'string' && { code }) });
      pipeline(answer, outgoing, () => {}); // A torn answer tears the client's too.
    });
    const noAnswer = (cause?: unknown) =>
      reject(new StorageError(503, 'ServerBusy', 'The server is busy.', { cause }));
    upstream.on('error', noAnswer).once('close', noAnswer);
    // An error of this direction shows as `error` of upstream, or as a client that has gone.
    pipeline(incoming, upstream, () => {});
  });
}

function answerHeaders(answer: IncomingMessage): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(answer.headersDistinct)) {
    if (value !== undefined && !SAID_BY_DOOR.has(name)) headers[name] = value;
  }
  return headers;
}

/** Azurite's refusal, to be said in Azure's form: its own has neither BOM nor Azure's time. */
function toStorageError(answer: IncomingMessage, status: number, code: string): StorageError {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    const isAbout = name.startsWith('x-ms-') || name === 'content-range' || name === 'etag';
    if (isAbout && typeof value === 'string' && !SAID_BY_RENDERER.has(name)) headers[name] = value;
  }
  return new StorageError(status, code, answer.statusMessage ?? '', { headers });
}

const SAID_BY_RENDERER = new Set([
  'x-ms-request-id',
  'x-ms-client-request-id',
  'x-ms-error-code',
  'x-ms-version',
]);
