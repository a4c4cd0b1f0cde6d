import http from 'node:http';
import https from 'node:https';

import type { AddressInfo, Server, Socket } from 'node:net';

export type Listener = (request: http.IncomingMessage, response: http.ServerResponse) => void;

export interface TlsIdentity {
  readonly key: string;
  /** Leaf first, then its issuer. */
  readonly cert: string;
}

export interface RunningServer {
  readonly port: number;
  /** Ends open connections too; resolves when the port is free. */
  stop(): Promise<void>;
  /** Listens again on the same port after `stop`. Throws the listen error: another may have taken it. */
  reopen(): Promise<void>;
}

export interface ServerOptions {
  readonly tls?: TlsIdentity;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /**
   * Whether this door answers to the name (no port). Others are refused in TLS already, and by their
   * Host header with 421: a page in a browser can't reach a door by a name of its own (DNS rebinding).
   */
  readonly isOwnHost?: (host: string) => boolean;
}

/** Listens on loopback. Throws the listen error (EADDRINUSE and the like). */
export async function startServer(
  listener: Listener,
  { tls, port = 0, isOwnHost = () => true }: ServerOptions = {},
): Promise<RunningServer> {
  const options = { maxHeaderSize: 32 * 1024, keepAliveTimeout: 60_000 };
  const guarded: Listener = (request, response) => {
    if (isOwnHost(hostWithoutPort(request.headers.host ?? ''))) listener(request, response);
    else response.writeHead(421, { Connection: 'close' }).end();
  };
  const server = tls
    ? https.createServer(
        { ...options, ...tls, minVersion: 'TLSv1.2', SNICallback: refuseOthers(isOwnHost) },
        guarded,
      )
    : http.createServer(options, guarded);
  if (tls) rememberRawSockets(server);
  await listen(server, port);
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    port: ownPort,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    reopen: () => listen(server, ownPort),
  };
}

function listen(server: http.Server | https.Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function hostWithoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}

function refuseOthers(
  isOwnHost: (host: string) => boolean,
): NonNullable<https.ServerOptions['SNICallback']> {
  return (name, callback) => callback(isOwnHost(name) ? null : new Error(`no such name: ${name}`));
}

const rawSockets = new WeakMap<Socket, Socket>();

/** The TCP connection itself, below TLS where there is TLS: only it can be reset. */
export function rawSocketOf(socket: Socket): Socket {
  return rawSockets.get(socket) ?? socket;
}

function rememberRawSockets(server: Server): void {
  const byPort = new Map<number | undefined, Socket>();
  server.on('connection', (raw: Socket) => {
    const { remotePort } = raw;
    byPort.set(remotePort, raw);
    raw.once('close', () => byPort.delete(remotePort));
  });
  server.on('secureConnection', (secure: Socket) => {
    const raw = byPort.get(secure.remotePort);
    if (raw) rawSockets.set(secure, raw);
  });
}
