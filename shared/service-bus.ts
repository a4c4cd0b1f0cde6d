import type { TokenCredential } from '@azure/core-auth';
import type {
  ServiceBusClient,
  ServiceBusMessage,
  ServiceBusMessageBatch,
  ServiceBusSender,
} from '@azure/service-bus';
import { ClientHolder, useOnce } from './messaging/client-holder.ts';
import { serviceBusSdk } from './messaging/load-sdks.ts';
import type { OutgoingMessage } from './messaging/outgoing-message.ts';
import { pacedCredential } from './messaging/paced-credential.ts';
import { type PeekedMessage, peekSubscription } from './messaging/peek-subscription.ts';
import { type PreparedBatches, prepareBatches } from './messaging/prepare-batches.ts';
import { messagingRetryOptions } from './messaging/retry-options.ts';
import { type Operation, operations } from './operations.ts';
import { refusedByBroker } from './refusals/refused-by-broker.ts';

/** As the SDK spells it, with two slashes. */
export const SERVICE_BUS_SCOPE = 'https://servicebus.azure.net//.default';

export interface PeekOptions {
  readonly max: number;
  /** The dead letters of the subscription instead of what waits in it. */
  readonly deadLetter: boolean;
}

/** Queues and topics by name. Each call throws AppError. */
export interface ServiceBus {
  /** Attaches to a queue or topic and packs; nothing is sent yet. */
  prepare(entity: string, messages: readonly OutgoingMessage[]): Promise<PreparedBatches>;
  /** Looks at messages and leaves them where they are, oldest first. */
  peek(topic: string, subscription: string, options: PeekOptions): Promise<PeekedMessage[]>;
  /** Attaches anew to a queue or topic without sending: may we send? */
  probeSend(entity: string): Promise<Operation>;
  /** Peeks: may we receive? */
  probeReceive(topic: string, subscription: string): Promise<Operation>;
  /** Peeks: may we receive? */
  probeReceiveFromQueue(queue: string): Promise<Operation>;
  /** Ends the connection, within 2 s. */
  close(): Promise<void>;
}

export function createServiceBus(
  namespace: string,
  credential: TokenCredential,
  principalIdInHand: (tokenScope: string) => string | undefined,
): ServiceBus {
  return new Bus(namespace, credential, principalIdInHand);
}

class Bus implements ServiceBus {
  readonly #namespace: string;
  readonly #credential: TokenCredential;
  readonly #principalIdInHand: (tokenScope: string) => string | undefined;
  readonly #holder = new ClientHolder(async () => new Senders(await this.#createClient()));

  constructor(
    namespace: string,
    credential: TokenCredential,
    principalIdInHand: (tokenScope: string) => string | undefined,
  ) {
    this.#namespace = namespace;
    this.#credential = credential;
    this.#principalIdInHand = principalIdInHand;
  }

  prepare(entity: string, messages: readonly OutgoingMessage[]): Promise<PreparedBatches> {
    const operation = operations.sendMessages(this.#addressOf(entity));
    return prepareBatches<ServiceBusMessageBatch>(messages, {
      open: () =>
        this.#told(
          operation,
          this.#holder.use((senders, abortSignal) =>
            senders.of(entity).createMessageBatch({ abortSignal }),
          ),
        ),
      add: (batch, message) => batch.tryAddMessage(toServiceBusMessage(message)),
      send: (batch) =>
        this.#told(
          operation,
          this.#holder.use((senders, abortSignal) =>
            senders.of(entity).sendMessages(batch, { abortSignal }),
          ),
        ),
    });
  }

  /** By a client of its own: the SDK keeps state for each name that it was ever asked for, and callers choose it. */
  peek(topic: string, subscription: string, options: PeekOptions): Promise<PeekedMessage[]> {
    const queue = options.deadLetter ? '/$DeadLetterQueue' : '';
    const address = this.#addressOf(`${topic}/Subscriptions/${subscription}${queue}`);
    return this.#told(
      operations.receiveMessages(address),
      useOnce(
        () => this.#createClient(),
        (client, abortSignal) =>
          peekSubscription(client, topic, subscription, { ...options, abortSignal }),
      ),
    );
  }

  async probeSend(entity: string): Promise<Operation> {
    const operation = operations.sendMessages(this.#addressOf(entity));
    const attach = useOnce(
      () => this.#createClient(),
      (client, abortSignal) => client.createSender(entity).createMessageBatch({ abortSignal }),
    );
    await this.#told(operation, attach);
    return operation;
  }

  async probeReceive(topic: string, subscription: string): Promise<Operation> {
    await this.peek(topic, subscription, { max: 1, deadLetter: false });
    return operations.receiveMessages(this.#addressOf(`${topic}/Subscriptions/${subscription}`));
  }

  async probeReceiveFromQueue(queue: string): Promise<Operation> {
    const operation = operations.receiveMessages(this.#addressOf(queue));
    const peek = useOnce(
      () => this.#createClient(),
      (client, abortSignal) => client.createReceiver(queue).peekMessages(1, { abortSignal }),
    );
    await this.#told(operation, peek);
    return operation;
  }

  close(): Promise<void> {
    return this.#holder.close();
  }

  async #createClient(): Promise<ServiceBusClient> {
    const { ServiceBusClient: Client } = await serviceBusSdk();
    return new Client(this.#namespace, pacedCredential(this.#credential), {
      retryOptions: messagingRetryOptions(),
    });
  }

  #addressOf(entity: string): string {
    return `sb://${this.#namespace}/${entity}`;
  }

  async #told<T>(operation: Operation, call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      throw refusedByBroker(error, operation, this.#principalIdInHand(SERVICE_BUS_SCOPE));
    }
  }
}

/** The SDK opens a link for each sender that it makes: one for each queue and topic. */
class Senders {
  readonly #client: ServiceBusClient;
  readonly #senders = new Map<string, ServiceBusSender>();

  constructor(client: ServiceBusClient) {
    this.#client = client;
  }

  of(entity: string): ServiceBusSender {
    const sender = this.#senders.get(entity) ?? this.#client.createSender(entity);
    this.#senders.set(entity, sender);
    return sender;
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Without a partition key: where a topic has partitions, duplicate detection takes the message id for one. */
function toServiceBusMessage(message: OutgoingMessage): ServiceBusMessage {
  const { messageId, body, contentType, subject, properties } = message;
  return {
    messageId,
    body,
    contentType,
    ...(subject === undefined ? {} : { subject }),
    applicationProperties: { ...properties },
  };
}
