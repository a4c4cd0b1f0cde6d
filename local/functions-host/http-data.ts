import type { IncomingMessage, ServerResponse } from 'node:http';
import { formatCookie } from './http-cookie.ts';
import { encodePath, type QueryParameter } from './http-path.ts';
import type { RouteValues } from './route-match.ts';
import type { NullableValue, RpcHttp, TypedData } from './worker-contract.ts';

/** A request line and its headers, read once. */
export interface HttpTarget {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  /** With its question mark, as sent; empty for none. */
  readonly queryString: string;
  readonly query: readonly QueryParameter[];
  /** Lower-case names; repeated ones joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
}

/** What the worker gets of a request (azure-functions-host, GrpcMessageConversionExtensions.cs, ToRpcHttp). */
export function toRpcHttp(target: HttpTarget, params: RouteValues, body: Buffer): TypedData {
  const host = target.headers.get('host') ?? '';
  const wrap = (entries: Iterable<readonly [string, string]>) =>
    Object.fromEntries(
      [...entries].map(([name, value]): [string, NullableValue<string>] => [name, { value }]),
    );
  const http: RpcHttp = {
    method: target.method,
    url: `http://${host}${encodePath(target.path)}${target.queryString}`,
    nullableHeaders: wrap(target.headers),
    nullableQuery: wrap(target.query.map(({ name, values }) => [name, values.join(',')] as const)),
    nullableParams: wrap(Object.entries(params)),
    ...(body.length > 0 && { body: { bytes: body } }),
  };
  return { http };
}

/** Header values are UTF-8 to .NET and Latin-1 to Node. */
export function readHeaders(rawHeaders: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = decodeUtf8(rawHeaders[index + 1] ?? '');
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}

function decodeUtf8(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1)) return latin1;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return latin1;
  }
}

/**
 * Azure: without HTTP streaming a body counts only if it has a Content-Length; a chunked one arrives empty
 * (azure-functions-host, GrpcMessageConversionExtensions.cs). Throws if the client goes away.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (!(length > 0)) {
    request.resume();
    return Buffer.alloc(0);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

// Pretend: `enableContentNegotiation` is not looked at; a body goes out as the function gave it.
/** Connection handling is the server's, whatever the function says. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

/**
 * Writes what the function returned: nothing at all is 204, everything else as given (azure-functions-host,
 * RawScriptResult.cs). A wrong Content-Length breaks the response, as in Azure.
 */
export function writeRpcResponse(
  response: ServerResponse,
  returnValue: TypedData | null | undefined,
) {
  const http = returnValue?.http;
  if (!http) {
    response.writeHead(204).end();
    return;
  }
  const body = Buffer.from(http.body?.bytes ?? http.body?.string ?? '');
  for (const [name, value] of Object.entries(http.headers ?? {})) {
    if (!HOP_BY_HOP.has(name.toLowerCase())) response.setHeader(name, value);
  }
  if (http.cookies?.length) response.appendHeader('set-cookie', http.cookies.map(formatCookie));
  response.statusCode = Number(http.statusCode ?? 200);
  const hasBody = response.req.method !== 'HEAD' && ![204, 205, 304].includes(response.statusCode);
  const announced = response.getHeader('content-length');
  if (hasBody && announced !== undefined && Number(announced) !== body.length) {
    breakResponse(response, body, Number(announced));
    return;
  }
  // Azure: a body without a Content-Length goes out chunked (RawScriptResult.cs).
  if (hasBody && announced === undefined && body.length > 0) {
    response.setHeader('transfer-encoding', 'chunked');
  }
  response.end(hasBody ? body : undefined);
}

function breakResponse(response: ServerResponse, body: Buffer, announced: number): void {
  if (body.length > announced) {
    response.destroy();
    return;
  }
  response.flushHeaders();
  response.write(body, () => response.destroy());
}
