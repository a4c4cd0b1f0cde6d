// A plain AMQP client on rhea, for what the SDKs would never send.
import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import type { LocalAzure } from '../../../../local/azure/start-azure.ts';

// rhea has no types of its own for all that is used here.
const rhea = createRequire(import.meta.url)('rhea');

export interface CbsAnswer {
  readonly status: number;
  readonly description: string;
  readonly condition?: string;
}

export interface LinkOutcome {
  /** Of the detach; absent if the link stayed open. */
  readonly condition?: string;
  readonly description?: string;
  /** Whether our side had a node at its end. */
  readonly hasTerminus: boolean;
}

export interface RawClient {
  readonly connection: {
    close(): void;
    on(event: string, listener: (context: never) => void): void;
    open_receiver(options: unknown): RawLink;
    open_sender(options: unknown): RawLink;
  };
  putToken(name: string, token: unknown, type?: string, operation?: string): Promise<CbsAnswer>;
  /** A request to a node, without a word to `$cbs`. */
  request(
    node: string,
    properties: Readonly<Record<string, unknown>>,
    options?: { readonly isWithoutReplyTo: boolean },
  ): Promise<CbsAnswer>;
  /** Attaches a receiver and waits for its detach, or for the first credit-free turn without one. */
  receiveFrom(address: string, settleMs?: number): Promise<LinkOutcome>;
  sendTo(address: string, settleMs?: number): Promise<LinkOutcome>;
  /** Resolves with the error of the connection's close. */
  readonly closed: Promise<{ condition?: string; description?: string }>;
  close(): void;
}

interface RawLink {
  source?: { address?: string };
  target?: { address?: string };
  error?: { condition: string; description: string };
  on(event: string, listener: (context: never) => void): void;
  setMaxListeners(count: number): void;
  close(): void;
}

type RawSender = RawLink & { send(message: unknown): void };

interface Answer {
  readonly correlation_id: unknown;
  readonly application_properties: Readonly<Record<string, unknown>>;
}

/** Connects over TLS, or the stream; `hostname` of the open frame. */
export async function connectRaw(
  azure: Pick<LocalAzure, 'ports' | 'certificateAuthority'>,
  hostname: string,
  stream?: Duplex,
): Promise<RawClient> {
  const container = rhea.create_container();
  container.on('error', () => {});
  const overStream = (_port: unknown, _host: unknown, _options: unknown, connected: () => void) => {
    process.nextTick(connected);
    return stream;
  };
  const connection = container.connect({
    ...(stream && { connection_details: () => ({ connect: overStream }) }),
    ...{ transport: 'tls', host: '127.0.0.1', port: azure.ports.messaging, reconnect: false },
    ...{ servername: 'localhost', hostname, username: 'anonymous' },
    ca: [azure.certificateAuthority.certificatePem],
  });
  const closed = new Promise<{ condition?: string; description?: string }>((resolve) => {
    connection.on('connection_close', () => resolve(connection.error ?? {}));
    connection.on('connection_error', () => resolve(connection.error ?? {}));
    connection.on('disconnected', () => resolve(connection.error ?? {}));
  });
  for (const event of ['session_error', 'sender_error', 'receiver_error', 'protocol_error']) {
    connection.on(event, () => {});
  }
  await Promise.race([
    new Promise((resolve) => connection.once('connection_open', resolve)),
    closed,
  ]);
  let nextId = 0;
  const nodes = new Map<string, { sender: RawSender; receiver: RawLink }>();

  async function ask(
    node: string,
    properties: object,
    body?: unknown,
    { isWithoutReplyTo = false } = {},
  ): Promise<CbsAnswer> {
    const id = nextId++;
    const name = `answers of ${node}`;
    const links = nodes.get(node) ?? {
      sender: connection.open_sender({ target: { address: node } }),
      receiver: connection.open_receiver({ source: { address: node }, name }),
    };
    nodes.set(node, links);
    links.receiver.setMaxListeners(0);
    return new Promise((resolve, reject) => {
      links.receiver.on('message', ({ message }: { message: Answer }) => {
        if (message.correlation_id !== `request-${id}`) return;
        const answer = message.application_properties;
        const condition = answer['error-condition'];
        resolve({
          status: Number(answer['status-code']),
          description: String(answer['status-description']),
          ...(condition !== undefined && { condition: String(condition) }),
        });
      });
      void closed.then(() => reject(new Error('the connection was closed')));
      const replyTo = isWithoutReplyTo ? {} : { reply_to: name };
      const message = { message_id: `request-${id}`, ...replyTo, body };
      links.sender.send({ ...message, application_properties: properties });
    });
  }

  const outcomeOf = (link: RawLink, kind: 'receiver' | 'sender', settleMs: number) =>
    new Promise<LinkOutcome>((resolve) => {
      let hasTerminus = false;
      let timer: NodeJS.Timeout | undefined;
      link.on(`${kind}_open`, () => {
        // For null rhea gives an object without a value.
        hasTerminus = (kind === 'receiver' ? link.source : link.target)?.address !== undefined;
        if (!hasTerminus) return;
        // An open link has no last word: it is given a moment in which a detach would come.
        timer = setTimeout(() => resolve({ hasTerminus }), settleMs);
        void closed.then(() => clearTimeout(timer));
      });
      const onDetach = () => {
        clearTimeout(timer);
        // rhea's error has getters, which a spread does not see.
        const { condition, description } = link.error ?? {};
        resolve({
          hasTerminus,
          ...(condition !== undefined && { condition }),
          ...(description !== undefined && { description }),
        });
      };
      link.on(`${kind}_error`, onDetach);
      link.on(`${kind}_close`, onDetach);
    });

  return {
    connection,
    closed,
    request: (node, properties, options) => ask(node, properties, undefined, options),
    putToken: (name, token, type = 'jwt', operation = 'put-token') =>
      ask('$cbs', { operation, type, name }, token),
    receiveFrom: (address, settleMs = 30) =>
      outcomeOf(
        connection.open_receiver({ source: { address }, credit_window: 0 }),
        'receiver',
        settleMs,
      ),
    sendTo: (address, settleMs = 30) =>
      outcomeOf(connection.open_sender({ target: { address } }), 'sender', settleMs),
    close: () => connection.close(),
  };
}
