// The two ports of the messaging services: AMQP over TLS (5671) and AMQP over WebSockets (443).
// Only this module is loaded at the start: the broker comes with the first namespace.
import type { Duplex } from 'node:stream';
import { type RunningServer, startServer, type TlsIdentity } from '../http/server.ts';
import type { Broker, BrokerParts } from './broker.ts';
import { refuseHttp } from './no-http.ts';
import { startTlsServer } from './tls-server.ts';

export interface MessagingDoor {
  /** AMQP over TLS. Throws the listen error. */
  startTls(tls: TlsIdentity): Promise<RunningServer>;
  /** AMQP over WebSockets. Throws the listen error. */
  startWebSocket(tls: TlsIdentity): Promise<RunningServer>;
}

/** `isOwnHost`: names the door answers to, in TLS and in HTTP's Host. */
export function createMessagingDoor(
  parts: BrokerParts,
  isOwnHost: (host: string) => boolean,
): MessagingDoor {
  /** Azure has no DNS name for a namespace that is not there: a client must not wait for an answer of it. */
  const isKnownHost = (host: string) =>
    isOwnHost(host) && (host === 'localhost' || parts.namespaces.find(host) !== undefined);
  let loading: Promise<typeof import('./broker.ts')> | undefined;
  const loadBroker = () => {
    loading ??= import('./broker.ts');
    return loading;
  };
  parts.namespaces.onAdded(() => void loadBroker());
  /** Each port has its own connections, so that stopping one leaves the other's. */
  const createServe = () => {
    let broker: Broker | undefined;
    const serve = (socket: Duplex) => {
      socket.once('error', () => socket.destroy());
      void loadBroker().then((module) => {
        broker ??= new module.Broker(parts);
        if (!socket.destroyed) broker.serve(socket);
      });
    };
    return { serve, stop: () => broker?.stop() };
  };

  return {
    async startTls(tls) {
      const { serve, stop } = createServe();
      return startTlsServer({ tls, isOwnHost: isKnownHost, onConnection: serve, onStop: stop });
    },
    async startWebSocket(tls) {
      const { serve, stop } = createServe();
      const server = await startServer(refuseHttp, {
        tls,
        isOwnHost,
        onUpgrade: (request, socket, head) => {
          socket.once('error', () => socket.destroy());
          const host = (request.headers.host ?? '').replace(/:\d+$/, '');
          if (isKnownHost(host)) {
            void import('./web-socket.ts').then(({ acceptWebSocket }) =>
              acceptWebSocket(request, socket, head, serve),
            );
          } else socket.destroy();
        },
      });
      return {
        ...server,
        async stop() {
          stop();
          await server.stop();
        },
      };
    },
  };
}
