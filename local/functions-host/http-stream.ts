// HTTP streaming (`app.setup({ enableHttpStream: true })`): the library runs a server of its own, the host forwards the
// original request to it and sends the invocation beside it (azure-functions-host, DefaultHttpProxyService.cs).
import { randomUUID } from 'node:crypto';
import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { type Executor, HOST_API_REASON } from './executor.ts';
import { type HttpTarget, readBody } from './http-data.ts';
import type { MatchedRoute } from './http-route.ts';
import type { HttpExchange } from './http-server.ts';
import type { RouteValues } from './route-match.ts';
import type { TypedData } from './worker-contract.ts';

/** Azure: a request is given up after 240 s without a byte in either direction (DefaultHttpProxyService.cs). */
const ACTIVITY_TIMEOUT_MS = 240_000;

/**
 * Azure: the forwarded response is waited for before the result is looked at, so a handler that throws or returns
 * nothing leaves the request hanging until the activity timeout (azure-functions-host, GrpcWorkerChannel.cs).
 */
export async function streamToFunction(
  exchange: HttpExchange,
  { fn, params }: MatchedRoute,
  executor: Executor,
  streamUri: string,
): Promise<void> {
  const { target, request } = exchange;
  const invocationId = randomUUID();
  const body = isJson(target) ? await readBody(request) : undefined;
  const forwarded = forward(exchange, streamUri, invocationId, body);
  // Who listens to the result is the log alone: the answer comes by the forwarded request.
  executor
    .execute(fn, {
      invocationId,
      input: { http: {} },
      triggerMetadata: triggerMetadataOf(target, params, body),
      reason: HOST_API_REASON,
      traceParent: target.headers.get('traceparent'),
    })
    .catch(() => undefined);
  await forwarded;
}

const isJson = ({ headers }: HttpTarget) =>
  Number(headers.get('content-length') ?? 0) > 0 &&
  /^application\/json\b/i.test(headers.get('content-type') ?? '');

/**
 * Azure: `request.params` also holds the query parameters and the top-level properties of a JSON body; route
 * parameters win (azure-webjobs-sdk-extensions, HttpTriggerAttributeBindingProvider.cs).
 */
function triggerMetadataOf(
  target: HttpTarget,
  params: RouteValues,
  body: Buffer | undefined,
): Record<string, TypedData> {
  const metadata: Record<string, TypedData> = Object.create(null);
  for (const [name, value] of Object.entries(bodyProperties(body)))
    metadata[name] = { string: value };
  for (const { name, values } of target.query) {
    if (name.toLowerCase() !== 'code') metadata[name] = { string: values.at(-1) ?? '' };
  }
  for (const [name, value] of Object.entries(params)) metadata[name] = { string: value };
  const query = target.query.map(({ name, values }) => [name, values.at(-1)]);
  metadata.Query = { json: JSON.stringify(Object.fromEntries(query)) };
  metadata.Headers = { json: JSON.stringify(Object.fromEntries(target.headers)) };
  return metadata;
}

/** Values as .NET writes them; objects, arrays and nulls are left out. */
function bodyProperties(body: Buffer | undefined): Record<string, string> {
  let content: unknown;
  try {
    content = JSON.parse(body?.toString() ?? '');
  } catch {
    return {};
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return {};
  const texts = Object.entries(content).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'boolean') return [[name, value ? 'True' : 'False']];
    return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [];
  });
  return Object.fromEntries(texts);
}

function forward(
  { target, request, response }: HttpExchange,
  streamUri: string,
  invocationId: string,
  body: Buffer | undefined,
): Promise<void> {
  const { hostname, port } = new URL(streamUri);
  const { promise, resolve } = Promise.withResolvers<void>();
  const proxied = http.request({
    hostname,
    port,
    method: target.method,
    path: escapePercent(request.url ?? '/'),
    headers: forwardedHeaders(request, invocationId),
    timeout: ACTIVITY_TIMEOUT_MS,
  });
  const fail = (status: number) => {
    if (response.headersSent) response.destroy();
    else response.writeHead(status).end();
    proxied.destroy();
    resolve();
  };
  proxied.on('timeout', () => fail(504));
  proxied.on('error', () => fail(502));
  proxied.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 200, answer.headers);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
    answer.on('end', resolve);
  });
  response.on('close', () => {
    if (!response.writableFinished) proxied.destroy();
    resolve();
  });
  if (body) proxied.end(body);
  else request.pipe(proxied);
  return promise;
}

/** Azure: an escaped slash arrives escaped twice (seen with WebHost 4.1037). */
function escapePercent(url: string): string {
  const [path = '', ...query] = url.split('?');
  return [path.replace(/%2f/gi, (slash) => `%25${slash.slice(1)}`), ...query].join('?');
}

function forwardedHeaders(request: IncomingMessage, invocationId: string): OutgoingHttpHeaders {
  const { connection: _, host, ...headers } = request.headers;
  return {
    ...headers,
    'x-forwarded-host': host,
    'x-forwarded-proto': 'http',
    'x-ms-invocation-id': invocationId,
  };
}
