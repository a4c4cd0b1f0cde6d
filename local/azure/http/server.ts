import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

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
  /** Takes requests for another protocol (WebSockets), of own hosts; without it they are plain requests. */
  readonly onUpgrade?: (request: http.IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** Listens on loopback. Throws the listen error (EADDRINUSE and the like). */
export async function startServer(
  listener: Listener,
  { tls, port = 0, isOwnHost = () => true, onUpgrade }: ServerOptions = {},
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
  if (onUpgrade) guardUpgrades(server, isOwnHost, onUpgrade);
  return listenOnLoopback(server, { port });
}

/**
 * Listens on loopback, on a free port for 0. `onStop` runs before the connections are ended. Throws the listen error.
 * `closeAllConnections` would leave those that are not through with TLS, and they would be served until they end.
 */
export async function listenOnLoopback(
  server: Server,
  { port = 0, onStop }: { readonly port?: number; readonly onStop?: () => void } = {},
): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, port);
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    port: ownPort,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        onStop?.();
        for (const socket of sockets) socket.destroy();
      }),
    reopen: () => listen(server, ownPort),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function guardUpgrades(
  server: Server,
  isOwnHost: (host: string) => boolean,
  onUpgrade: NonNullable<ServerOptions['onUpgrade']>,
): void {
  server.on('upgrade', (request: http.IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isOwnHost(hostWithoutPort(request.headers.host ?? ''))) onUpgrade(request, socket, head);
    else socket.end('HTTP/1.1 421 Misdirected Request\r\nConnection: close\r\n\r\n');
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

/** From now on `rawSocketOf` knows the connections of this TLS server. */
export function rememberRawSockets(server: Server): void {
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
