// The port of Azure SQL (1433), TDS 7.x and 8.0. Only this module is loaded at the start: the protocol comes with the
// first connection.
import { createServer, type Socket } from 'node:net';
import { listenOnLoopback, type RunningServer, type TlsIdentity } from '../http/server.ts';
import type { Journal } from '../journal.ts';
import { type TdsLimits, tdsLimits } from './limits.ts';
import type { PacketFaults } from './packet-faults.ts';
import type { SqlBackend } from './sql-session.ts';
import { createTlsContexts, type TlsContexts } from './tls-contexts.ts';

export interface TdsDoorParts {
  /** Or what loads it, called with the first connection. */
  readonly backend: SqlBackend | (() => Promise<SqlBackend>);
  readonly journal: Journal;
  readonly faults?: PacketFaults;
  /** Names the door answers to, in TLS and in the login. */
  readonly isOwnHost: (host: string) => boolean;
  readonly limits?: Partial<TdsLimits>;
  /** Errors that nobody foresaw; absent: a warning of the process. */
  readonly onUnexpected?: (error: unknown) => void;
}

export interface TdsDoor {
  /** Listens on a free loopback port. Throws the listen error. */
  startTls(tls: TlsIdentity): Promise<RunningServer>;
}

export function createTdsDoor(parts: TdsDoorParts): TdsDoor {
  return { startTls: (identity) => start(parts, createTlsContexts(identity)) };
}

async function start(parts: TdsDoorParts, contexts: TlsContexts): Promise<RunningServer> {
  const limits = { ...tdsLimits, ...parts.limits };
  const pending = new Set<Socket>();
  const server = createServer((socket) => {
    pending.add(socket);
    const [oldest] = pending;
    if (pending.size > limits.pendingLogins) oldest?.destroy();
    socket.on('error', () => socket.destroy());
    socket.once('close', () => pending.delete(socket));
    void serve(socket, parts, { limits, contexts, onLoggedIn: () => pending.delete(socket) });
  });
  return listenOnLoopback(server);
}

async function serve(
  socket: Socket,
  parts: TdsDoorParts,
  own: { limits: TdsLimits; contexts: TlsContexts; onLoggedIn: () => void },
): Promise<void> {
  const onUnexpected = parts.onUnexpected ?? warn;
  try {
    const { backend, journal, faults, isOwnHost } = parts;
    const [{ Connection }, loaded] = await Promise.all([
      import('./connection.ts'),
      typeof backend === 'function' ? backend() : backend,
    ]);
    if (socket.destroyed) return;
    const common = { socket, journal, faults, isOwnHost, onUnexpected };
    new Connection({ ...own, ...common, backend: loaded });
  } catch (error) {
    onUnexpected(error);
    socket.destroy();
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(String(error)));
}
