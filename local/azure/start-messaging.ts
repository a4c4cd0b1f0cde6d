// Event Hubs and Service Bus: one pair of ports, the namespaces of both behind it.
import { join } from 'node:path';
import type { Access } from './access/access.ts';
import { createMessagingDoor } from './amqp/messaging-door.ts';
import { Namespaces } from './amqp/namespaces.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory.ts';
import { isHostOf } from './doors.ts';
import { loadEventHubs } from './event-hubs/load-event-hubs.ts';
import type { FaultPlan } from './faults/fault-plan.ts';
import type { TlsIdentity } from './http/server.ts';
import type { Journal } from './journal.ts';
import { keptDirectory } from './kept-directory.ts';
import type { OpenDoors } from './open-doors.ts';
import type { EventHubDataPlane } from './providers/provider.ts';
import type { ServiceBus } from './service-bus/create-service-bus.ts';
import { loadServiceBus } from './service-bus/load-service-bus.ts';
import type { Tokens } from './tokens/tokens.ts';

export interface MessagingParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly access: Access;
  readonly faults: FaultPlan;
  /** What the brokers keep on disk, for the next process too; absent: kept until `stop`. */
  readonly messageDirectory?: string;
}

export interface Messaging {
  /** Those of both services that are there now. */
  readonly namespaces: Namespaces;
  readonly eventHubs: EventHubDataPlane;
  readonly serviceBus: ServiceBus;
  /** Listens on free loopback ports. The broker itself is loaded with the first connection. */
  open(doors: OpenDoors, tls: TlsIdentity): Promise<void>;
  stop(): void;
}

export function createMessaging(parts: MessagingParts): Messaging {
  const namespaces = new Namespaces();
  const kept = keptDirectory(parts.messageDirectory, 'local-azure-messages-');
  const eventHubs = loadEventHubs({
    ...parts,
    namespaces,
    directory: () => join(kept.path(), 'event-hubs'),
  });
  const { messageDirectory } = parts;
  const serviceBus = loadServiceBus({
    ...parts,
    namespaces,
    ...(messageDirectory !== undefined && {
      storeDirectory: join(messageDirectory, 'service-bus'),
    }),
  });
  const door = createMessagingDoor(
    {
      ...parts,
      namespaces,
      faults: parts.faults.at('messaging'),
    },
    // Clients that are given an address instead of a redirect connect to `localhost`.
    (host) => isHostOf('messaging', host) || host === 'localhost',
  );
  return {
    namespaces,
    eventHubs,
    serviceBus,
    async open(doors, tls) {
      const [amqp, webSocket] = await Promise.all([door.startTls(tls), door.startWebSocket(tls)]);
      doors.add('messaging', amqp);
      doors.add('messaging-websocket', webSocket);
    },
    stop() {
      eventHubs.stop();
      serviceBus.stop();
      kept.remove();
    },
  };
}
