import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type HttpTarget, readHeaders } from './http-data.ts';
import { decodePath, parseQuery } from './http-path.ts';
import { areHeadersRefused } from './refused-headers.ts';

export interface HttpExchange {
  readonly target: HttpTarget;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export type HttpHandler = (exchange: HttpExchange) => Promise<void>;

export interface HttpServer {
  readonly port: number;
  /** Requests that came before wait for it. */
  handle(handler: HttpHandler): void;
  /** Closes the port at once; resolves when the running requests have their answer, or are cut off after the limit. */
  stop(limitMs: number): Promise<void>;
}

/** Kestrel's limit for all headers together. */
const MAX_HEADER_BYTES = 32 * 1024;

/** Listens on loopback; `port` 0 takes a free one. Throws one sentence if the port is taken. */
export async function startHttpServer(port: number): Promise<HttpServer> {
  const handlerSet = Promise.withResolvers<HttpHandler>();
  const server = http.createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    void answer(request, response, handlerSet.promise, server);
  });
  // Without this Node closes the connection and says nothing.
  server.on('connect', (_, socket) => {
    socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    handle: handlerSet.resolve,
    async stop(limitMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), limitMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function listen(server: http.Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      const sentence = `Port ${port} is unavailable. Close the process using that port, or specify another port using --port.`;
      reject(taken ? new Error(sentence, { cause: error }) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handlerSet: Promise<HttpHandler>,
  server: http.Server,
): Promise<void> {
  response.on('close', () => {
    // A kept-alive connection must not outlive its last answer when the port is closed.
    if (!server.listening) setImmediate(() => server.closeIdleConnections());
  });
  try {
    const target = readTarget(request);
    if (target) await (await handlerSet)({ target, request, response });
    else response.writeHead(400, { connection: 'close' }).end();
  } catch {
    // Azure: an unhandled error is a 500 without a body (ExceptionMiddleware.cs); who threw has logged it.
    if (response.headersSent) response.destroy();
    else response.writeHead(500).end();
  }
}

/** Undefined for a request that Kestrel answers with 400. */
function readTarget(request: IncomingMessage): HttpTarget | undefined {
  if (areHeadersRefused(request.rawHeaders)) return undefined;
  const raw = (request.url ?? '').replace(/^https?:\/\/[^/?]+/i, '') || '/';
  const question = raw.indexOf('?');
  const queryString = question < 0 ? '' : raw.slice(question);
  const path = decodePath(question < 0 ? raw : raw.slice(0, question));
  if (path === undefined) return undefined;
  return {
    method: request.method ?? 'GET',
    path,
    queryString,
    query: parseQuery(queryString.slice(1)),
    headers: readHeaders(request.rawHeaders),
  };
}
