import type { Clock } from './clock.ts';
import { type Door, doorNames, isHostOf } from './doors.ts';
import type { DoorWithoutSql } from './faults/fault.ts';
import type { FaultPlan } from './faults/fault-plan.ts';
import { createFaultyListener } from './faults/faulty-listener.ts';
import { type Listener, type RunningServer, startServer, type TlsIdentity } from './http/server.ts';
import type { Journal } from './journal.ts';

interface OpenDoorsParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly faults: FaultPlan;
  /** For doors that are https. */
  readonly tls: TlsIdentity;
}

interface DoorState {
  readonly servers: RunningServer[];
  isClosed: boolean;
}

/** The listening sockets of the embedded Azure: each on a free loopback port that it keeps. */
export class OpenDoors {
  readonly #parts: OpenDoorsParts;
  readonly #doors = new Map<Door, DoorState>();
  readonly ports: Partial<Record<Door, number>> = {};

  constructor(parts: OpenDoorsParts) {
    this.#parts = parts;
  }

  /**
   * Listens; faults are taken before `listener` sees a call, and `guard`, if there is one, comes before the faults.
   * Returns the port. A door may have several servers (one IMDS for each machine).
   */
  async open(
    door: DoorWithoutSql,
    listener: Listener,
    { secure = false, guard = (next) => next }: DoorOptions = {},
  ): Promise<number> {
    const { clock, faults, tls } = this.#parts;
    const dated: Listener = (request, response) => {
      // Where a service says nothing else: clients count Retry-After from it, and tell clocks that differ by it.
      response.setHeader('Date', new Date(clock.nowMs()).toUTCString());
      guarded(request, response);
    };
    const guarded = guard(createFaultyListener(door, faults, listener));
    const server = await startServer(dated, {
      isOwnHost: (host) => isOwnHost(door, host),
      ...(secure && { tls }),
    });
    return this.add(door, server);
  }

  /** A server of its own making that listens already. Returns its port. */
  add(door: Door, server: RunningServer): number {
    const state = this.#doors.get(door) ?? { servers: [], isClosed: false };
    state.servers.push(server);
    this.#doors.set(door, state);
    this.ports[door] ??= server.port;
    return server.port;
  }

  /**
   * Refuses connections from now on and ends those that are open; its port stays the door's.
   * Throws RangeError for a door that is not there, and for `control`, which must be there to open it again.
   */
  async close(door: Door): Promise<void> {
    const state = this.#stateOf(door);
    if (state.isClosed) return;
    state.isClosed = true;
    await Promise.all(state.servers.map((server) => server.stop()));
    this.#parts.journal.record({ kind: 'door', door, operation: 'closed' });
  }

  /** Listens again where the door listened before. Throws the listen error if another process took the port. */
  async reopen(door: Door): Promise<void> {
    const state = this.#stateOf(door);
    if (!state.isClosed) return;
    await Promise.all(state.servers.map((server) => server.reopen()));
    state.isClosed = false;
    this.#parts.journal.record({ kind: 'door', door, operation: 'opened' });
  }

  async stop(): Promise<void> {
    const servers = [...this.#doors.values()].flatMap((state) => state.servers);
    await Promise.all(servers.map((server) => server.stop()));
  }

  #stateOf(door: Door): DoorState {
    const state = this.#doors.get(door);
    if (state && door !== 'control') return state;
    throw new RangeError(`there is no door '${door}' to close or open`);
  }
}

export interface DoorOptions {
  readonly secure?: boolean;
  readonly guard?: (next: Listener) => Listener;
}

/** Production `name:port` → loopback port. */
export function redirectTo(ports: Partial<Record<Door, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(doorNames).flatMap(([door, { hosts, port, address }]) => {
      const local = ports[door as Door];
      const names = address === undefined ? hosts : [...hosts, address];
      return local === undefined ? [] : names.map((host) => [`${host}:${port}`, local]);
    }),
  );
}

/** ARM also answers as `localhost`, for clients that are given its address instead of a redirect. */
function isOwnHost(door: Door, host: string): boolean {
  if (door === 'app-service-identity' || door === 'control') return host === '127.0.0.1';
  return isHostOf(door, host) || (door === 'resource-manager' && host === 'localhost');
}
