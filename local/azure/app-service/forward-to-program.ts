import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { isPrincipalHeader } from './principal-headers.ts';

/** Of one connection only (RFC 9110 section 7.6.1), and Expect, which this end has answered already. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** Said by App Service's front end, whatever the client has said. */
const SAID_BY_FRONT_END =
  /^(?:x-forwarded-|x-original-|x-appservice-|x-arr-|disguised-host$|was-default-hostname$|x-site-deployment-id$|client-ip$)/;

export interface ForwardTarget {
  /** `http://127.0.0.1:7071` */
  readonly address: string;
  /** Path and query as they were decided on. */
  readonly target: string;
  readonly hostName: string;
  /** Of the caller. */
  readonly principalHeaders: Readonly<Record<string, string>>;
}

/**
 * Streams the request to the program and its answer back. Resolves with the status once the head has been passed on;
 * rejects if the program gives no answer.
 */
export function forwardToProgram(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  to: ForwardTarget,
): Promise<number> {
  const upstream = http.request(new URL(to.address), {
    // A new connection each: none that the program closes just now.
    agent: false,
    method: incoming.method,
    path: to.target,
    headers: headersToForward(incoming, to),
    setHost: false,
  });
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) upstream.destroy();
  });
  return new Promise((resolve, reject) => {
    upstream.once('response', (answer) => {
      const status = answer.statusCode ?? 502;
      outgoing.writeHead(status, answer.statusMessage, headersToReturn(answer));
      resolve(status);
      pipeline(answer, outgoing, () => {}); // A torn answer tears the client's too.
    });
    upstream.on('error', reject).once('close', () => reject(new Error('no answer came')));
    incoming.pipe(upstream);
  });
}

/**
 * Name, value, name, value … in the client's order and spelling.
 * Azure: what the front end adds, as far as a program can read it here
 * (https://learn.microsoft.com/azure/app-service/configure-ssl-app-in-code#detect-https).
 */
function headersToForward(incoming: IncomingMessage, to: ForwardTarget): string[] {
  const kept = pairsOf(withoutHopByHop(incoming.rawHeaders)).filter(([name]) => {
    const lower = name.toLowerCase();
    return lower !== 'host' && !SAID_BY_FRONT_END.test(lower) && !isPrincipalHeader(lower);
  });
  const { remoteAddress, remotePort } = incoming.socket;
  const isChunked = incoming.headers['transfer-encoding'] !== undefined;
  const added = {
    // Said for every method: the body of a GET would else go out as the bytes of a further request.
    ...(isChunked && { 'Transfer-Encoding': 'chunked' }),
    Host: to.hostName,
    'DISGUISED-HOST': to.hostName,
    'WAS-DEFAULT-HOSTNAME': to.hostName,
    'X-Original-URL': to.target,
    'X-Forwarded-For': `${remoteAddress}:${remotePort}`,
    'X-Forwarded-Proto': 'https',
    'X-AppService-Proto': 'https',
    ...to.principalHeaders,
  };
  return [...kept, ...Object.entries(added)].flat();
}

/** In the program's spelling; what it repeats (Set-Cookie) as a list. */
function headersToReturn(answer: IncomingMessage): Record<string, string[]> {
  const headers = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of pairsOf(withoutHopByHop(answer.rawHeaders))) {
    const { values } = headers.get(name.toLowerCase()) ?? { values: [] };
    headers.set(name.toLowerCase(), { name, values: [...values, value] });
  }
  return Object.fromEntries([...headers.values()].map(({ name, values }) => [name, values]));
}

function withoutHopByHop(rawHeaders: readonly string[]): string[] {
  const pairs = pairsOf(rawHeaders);
  const named = pairs
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((name) => name.trim());
  return pairs
    .filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && !named.includes(name.toLowerCase()))
    .flat();
}

function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[2 * index] ?? '',
    rawHeaders[2 * index + 1] ?? '',
  ]);
}
