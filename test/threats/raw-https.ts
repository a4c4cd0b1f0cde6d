// Requests byte for byte: http.request refuses to send what an attacker would.
import net from 'node:net';
import tls from 'node:tls';

export interface RawAnswer {
  readonly status: number;
  readonly reason: string;
  /** Lower-case names; values of a repeated one joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Made at the first call, when the local authority is trusted: reading all roots each time is most of a handshake. */
let trusted: tls.SecureContext | undefined;

/** One request with these header lines; `createSocket` gives an unconnected one. `servername`: the host by default. */
export async function getOverTls(
  at: { host: string; port: number; target: string; servername?: string },
  headerLines: readonly string[],
  createSocket = () => new net.Socket(),
): Promise<RawAnswer | undefined> {
  const { host, port, target, servername = host } = at;
  const raw = createSocket().connect(port, '127.0.0.1');
  trusted ??= tls.createSecureContext();
  const socket = tls.connect({ socket: raw, servername, secureContext: trusted });
  const lines = [`GET ${target} HTTP/1.1`, `Host: ${host}`, ...headerLines, 'Connection: close'];
  return answerTo(socket, `${lines.join('\r\n')}\r\n\r\n`);
}

/** Writes and reads until the other side closes; undefined if it did so without an answer. */
function answerTo(socket: net.Socket, request: string): Promise<RawAnswer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A server that refuses early resets: what it has said until then is its answer.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => resolve(parseAnswer(Buffer.concat(chunks).toString('utf8'))));
    socket.write(request, 'latin1');
  });
}

export function parseAnswer(text: string): RawAnswer | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...headerLines] = text.slice(0, end).split('\r\n');
  const [, status = '', reason = ''] = /^HTTP\/1\.1 (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
  const headers = new Map<string, string>();
  for (const line of headerLines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  const body = text.slice(end + 4);
  const isChunked = headers.get('transfer-encoding') === 'chunked';
  return { status: Number(status), reason, headers, body: isChunked ? joinChunks(body) : body };
}

/** For bodies of ASCII: sizes count bytes. */
function joinChunks(body: string): string {
  const [, size = '0'] = /^([0-9a-f]+)\r\n/i.exec(body) ?? [];
  const start = size.length + 2;
  const end = start + Number.parseInt(size, 16);
  return end === start ? '' : body.slice(start, end) + joinChunks(body.slice(end + 2));
}
