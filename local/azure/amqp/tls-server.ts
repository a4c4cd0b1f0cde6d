import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import {
  listenOnLoopback,
  type RunningServer,
  rawSocketOf,
  rememberRawSockets,
  type TlsIdentity,
} from '../http/server.ts';
import { BoundedSet } from './bounded-set.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Connections that have not ended their TLS handshake: the oldest goes when another comes. */
const MAX_HANDSHAKES = 500;

interface TlsServerOptions {
  readonly tls: TlsIdentity;
  readonly isOwnHost: (host: string) => boolean;
  readonly onConnection: (socket: Duplex) => void;
  readonly onStop: () => void;
}

/** Listens on a free loopback port. Throws the listen error. */
export async function startTlsServer(options: TlsServerOptions): Promise<RunningServer> {
  const { isOwnHost, onConnection } = options;
  const server = tls.createServer({
    ...options.tls,
    minVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    SNICallback: (name, done) => done(isOwnHost(name) ? null : new Error(`no such name: ${name}`)),
  });
  const handshakes = new BoundedSet<Socket>(MAX_HANDSHAKES, (oldest) => oldest.destroy());
  rememberRawSockets(server);
  server.on('connection', (socket: Socket) => {
    handshakes.add(socket);
    socket.once('close', () => handshakes.delete(socket));
  });
  server.on('secureConnection', (secure: tls.TLSSocket) => {
    handshakes.delete(rawSocketOf(secure));
    secure.setNoDelay(true);
    onConnection(secure);
  });
  server.on('tlsClientError', () => {}); // A client that does not trust us, or speaks no TLS, is not our trouble.
  return listenOnLoopback(server, { onStop: options.onStop });
}
