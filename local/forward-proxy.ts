// An HTTP proxy for clients that no preload can redirect (az, Python, .NET, Go, curl): they reach the embedded Azure by
// HTTPS_PROXY and HTTP_PROXY, under Azure's own names and with TLS to the door itself.
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import type { RedirectMap } from './redirect/redirect.ts';

export interface ForwardProxy {
  /** `http://127.0.0.1:{port}`. */
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * Tunnels CONNECT, and passes on plain requests by absolute address, to the doors in `redirect`, and to nowhere else:
 * what asks for another name gets 403, so that nothing leaves the machine by it.
 */
export async function startForwardProxy(redirect: RedirectMap): Promise<ForwardProxy> {
  const server = http.createServer((request, response) => passOn(request, response, redirect));
  const tunnels = new Set<net.Socket>();
  server.on('connect', (request, client: net.Socket, head: Buffer) => {
    const port = portOf(redirect, request.url ?? '');
    client.on('error', () => client.destroy());
    if (port === undefined) {
      client.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    const door = net.connect({ host: '127.0.0.1', port }, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      door.write(head);
      door.pipe(client).pipe(door);
    });
    for (const socket of [client, door]) {
      tunnels.add(socket);
      socket.once('close', () => tunnels.delete(socket));
    }
    door.once('error', () => client.destroy());
    client.once('close', () => door.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of tunnels) socket.destroy();
      }),
  };
}

/** For IMDS, the one door without TLS. The address comes whole; a bare path is no request to a proxy. */
function passOn(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  redirect: RedirectMap,
): void {
  const url = URL.parse(request.url ?? '');
  const port = url && portOf(redirect, `${url.hostname}:${url.port || 80}`);
  if (!url || port === undefined || port === null) {
    response.writeHead(403, { Connection: 'close' }).end();
    return;
  }
  const { 'proxy-connection': _, ...headers } = request.headers;
  const onward = http.request({
    host: '127.0.0.1',
    port,
    method: request.method,
    path: url.pathname + url.search,
    headers: { ...headers, host: url.host },
  });
  onward.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.once('error', () => response.destroy());
  request.pipe(onward);
}

function portOf(redirect: RedirectMap, authority: string): number | undefined {
  const wanted = authority.toLowerCase();
  return Object.entries(redirect).find(([name]) =>
    name.startsWith('.') ? wanted.endsWith(name) && wanted.length > name.length : wanted === name,
  )?.[1];
}
