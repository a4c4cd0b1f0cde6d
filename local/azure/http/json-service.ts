import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Door } from '../doors.ts';
import type { Journal } from '../journal.ts';
import type { Listener } from './server.ts';
import { ServiceError } from './service-error.ts';

export interface ServiceRequest {
  readonly method: string;
  /** Full address under the production name that the client used. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Name, value, name, value … as received: repeated headers show. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** Loopback port that the request came in on. */
  readonly localPort: number;
}

export interface ServiceResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string or Buffer as it is, undefined as no body. */
  readonly body?: unknown;
  /** For the journal: the verified caller's object id. */
  readonly principalId?: string;
}

export interface JsonServiceOptions {
  readonly door: Door;
  readonly journal: Journal;
  readonly handle: (request: ServiceRequest) => Promise<ServiceResponse>;
  /** The door's own form of a refusal. Never called for anything but a ServiceError. */
  readonly renderError: (error: ServiceError, request: ServiceRequest) => ServiceResponse;
  /** Headers on every answer of this door. */
  readonly commonHeaders?: (request: ServiceRequest) => Record<string, string>;
  /** Bytes; a larger body is refused with 413. */
  readonly maxBodyBytes: number;
}

/** One door that answers whole JSON bodies: reads the request, calls `handle`, renders refusals in one place. */
export function createJsonService(options: JsonServiceOptions): Listener {
  return (incoming, outgoing) => {
    void respond();

    async function respond(): Promise<void> {
      let request: ServiceRequest | undefined;
      let response: ServiceResponse;
      let code: string | undefined;
      try {
        request = await readRequest(incoming, options.maxBodyBytes);
        response = await options.handle(request);
      } catch (error) {
        const refusal = toServiceError(error);
        code = refusal.code;
        request ??= emptyRequest(incoming);
        response = options.renderError(refusal, request);
      }
      const { bytes, contentType } = encodeBody(response.body);
      outgoing.writeHead(response.status, {
        ...(contentType && { 'Content-Type': contentType }),
        ...options.commonHeaders?.(request),
        ...response.headers,
        'Content-Length': String(bytes.length),
      });
      outgoing.end(request.method === 'HEAD' ? undefined : bytes);
      options.journal.record({
        kind: 'request',
        door: options.door,
        method: request.method,
        host: request.url.host,
        target: request.url.pathname + request.url.search,
        status: response.status,
        ...(response.principalId !== undefined && { principalId: response.principalId }),
        ...(code !== undefined && { code }),
      });
    }
  };
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  console.error('embedded Azure: unexpected error', error);
  return new ServiceError(500, 'InternalServerError', 'The embedded Azure failed unexpectedly.', {
    cause: error,
  });
}

function encodeBody(body: unknown): { bytes: Buffer; contentType?: string } {
  if (body === undefined) return { bytes: Buffer.alloc(0) };
  if (Buffer.isBuffer(body)) return { bytes: body };
  if (typeof body === 'string') return { bytes: Buffer.from(body) };
  return {
    bytes: Buffer.from(JSON.stringify(body)),
    contentType: 'application/json; charset=utf-8',
  };
}

async function readRequest(incoming: IncomingMessage, maxBytes: number): Promise<ServiceRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new ServiceError(
        413,
        'RequestEntityTooLarge',
        `The request is over ${maxBytes} bytes.`,
      );
    }
    chunks.push(chunk);
  }
  return { ...emptyRequest(incoming), body: Buffer.concat(chunks) };
}

function emptyRequest(incoming: IncomingMessage): ServiceRequest {
  const scheme = 'encrypted' in incoming.socket ? 'https' : 'http';
  const base = `${scheme}://${incoming.headers.host ?? 'localhost'}`;
  const target = incoming.url ?? '/';
  if (!target.startsWith('/') || !URL.canParse(base)) {
    return { ...common(), url: new URL(`${scheme}://localhost/`) };
  }
  // Prefixed, not resolved: `//x` must stay a path of this host.
  return { ...common(), url: new URL(base + target) };

  function common() {
    return {
      method: incoming.method ?? 'GET',
      headers: incoming.headers,
      rawHeaders: incoming.rawHeaders,
      body: Buffer.alloc(0),
      localPort: incoming.socket.localPort ?? 0,
    };
  }
}
