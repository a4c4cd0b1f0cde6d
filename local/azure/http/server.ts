import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

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
}

/**
 * Listens on loopback. `port` 0 takes a free one.
 * Throws the listen error (EADDRINUSE and the like).
 */
export async function startServer(
  listener: Listener,
  { tls, port = 0 }: { tls?: TlsIdentity; port?: number } = {},
): Promise<RunningServer> {
  const options = { maxHeaderSize: 32 * 1024, keepAliveTimeout: 60_000 };
  const server = tls
    ? https.createServer({ ...options, ...tls, minVersion: 'TLSv1.2' }, listener)
    : http.createServer(options, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
