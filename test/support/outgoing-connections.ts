import net from 'node:net';

export interface OutgoingConnections {
  /** A socket of the test's own, not yet connected. */
  createSocket(): net.Socket;
  /** Where all others of this process have connected to. */
  readonly foreign: readonly string[];
  stop(): void;
}

/** Sees every connection that this process opens: fetch, https, the SDKs all end in `net.Socket.connect`. */
export function watchOutgoingConnections(): OutgoingConnections {
  const own = new WeakSet<net.Socket>();
  const foreign: string[] = [];
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    if (!own.has(this)) foreign.push(JSON.stringify(args, ['host', 'port', 'path']));
    return Reflect.apply(connect, this, args);
  };
  return {
    foreign,
    createSocket() {
      const socket = new net.Socket();
      own.add(socket);
      return socket;
    },
    stop() {
      net.Socket.prototype.connect = connect;
    },
  };
}
