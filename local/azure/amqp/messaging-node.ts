// The contract between the AMQP core (connections, $cbs, access, flow control) and the engines behind it
// (Event Hubs, Service Bus). An engine never sees a token, a frame or a claim: it gets links that are allowed.
import type { AmqpValue } from './codec/amqp-value.ts';

/** The two claims of the services, each one data action (`messages/send/action`, `messages/receive/action`). */
export type Right = 'Send' | 'Listen';

/** One namespace; the core chooses it by the `hostname` of the open frame. */
export interface MessagingNamespace {
  /** `demo-ns.servicebus.windows.net`, lower case. */
  readonly host: string;
  /** ARM id of the namespace: access to `$management` of the namespace itself is checked here. */
  readonly resourceId: string;
  /** Decides audiences (`https://eventhubs.azure.net`, `https://servicebus.azure.net`) and data actions. */
  readonly service: 'EventHub' | 'ServiceBus';
  /**
   * The node at a path as a link names it, without scheme, host, outer slashes and `/$management`:
   * `hub/Partitions/3`, `topic/Subscriptions/sub`, `queue/$DeadLetterQueue`. Compare without case.
   * Throws AmqpError `amqp:not-found` (use `entityNotFound`), or another one.
   */
  resolve(path: string): MessagingNode;
}

/** Something that links attach to. */
export interface MessagingNode {
  /** As the engine spells it: `orders`, `news/Subscriptions/all`. The journal names it. */
  readonly path: string;
  /** ARM id that access is checked at: the queue, the subscription under its topic, the consumer group. */
  readonly scope: string;
  /** Goes into our attach, and is enforced by the core (`amqp:link:message-size-exceeded`). */
  readonly maxMessageSizeBytes: number;
  /**
   * A client wants to send here (`Send` was checked). Absent: the node takes no messages.
   * Throws AmqpError to refuse the link.
   */
  acceptSender?(link: IncomingLink): MessageSink | Promise<MessageSink>;
  /**
   * A client wants to receive here (`Listen` was checked). Our attach goes out when this resolves, so a
   * promise may wait (for the next free session, say); `link.closed` aborts when the client has given up.
   * Throws or rejects with AmqpError to refuse the link.
   */
  acceptReceiver?(link: OutgoingLink): MessageSource | Promise<MessageSource>;
  /**
   * What `$management` of this node answers, by the request's `operation`; the core checks the right.
   * Anything else is answered 501 by the core.
   */
  readonly operations?: Readonly<Record<string, ManagementOperation>>;
}

/** What both directions have. */
export interface AttachedLink {
  /** Chosen by the client, unique on its connection and direction; `associated-link-name` of requests is this. */
  readonly name: string;
  /** As the client wrote it, scheme and host included if it sent them. */
  readonly address: string;
  /** The part of the address that `resolve` saw. */
  readonly path: string;
  /** Unique per connection for the life of the door. */
  readonly connectionId: string;
  /** Who was allowed. */
  readonly principalId: string;
  /** Properties of the client's attach, plain: `com.microsoft:epoch`, `com.microsoft:timeout` … */
  readonly properties: Readonly<Record<string, AmqpValue>>;
  readonly desiredCapabilities: readonly string[];
  /** Filters of the client's source: name → value, descriptor taken off. */
  readonly filters: ReadonlyMap<string, AmqpValue>;
  /** Aborts when the link ends for whatever reason: closed by either side, connection lost. */
  readonly closed: AbortSignal;
  /** Ends the link from our side, at any time, with or without an error (AmqpError, or one that has its shape). */
  detach(error?: { readonly condition: string; readonly message: string }): void;
}

/** Client → broker. */
export interface IncomingLink extends AttachedLink {}

/** What an engine gives for a sender link. */
export interface MessageSink {
  /**
   * One delivery. `message` is the encoded message (format 0) or the envelope of a batch (BATCH_FORMAT: data
   * sections, each an encoded message; see `unbatch` in codec/sections.ts); the buffer may be kept.
   * Returning accepts it, throwing AmqpError rejects it with that error; a promise does the same later.
   * Deliveries of a link are handed over in order, without waiting for promises.
   */
  receive(message: Buffer, format: number): void | Promise<void>;
  /** A request of a transaction: accepted, and answered elsewhere. In place of `stage`. */
  receiveIn?(message: Buffer, transactionId: Buffer): void;
  /**
   * As `receive`, for a delivery of a transaction: it is looked at now, and done when the transaction commits.
   * Absent: the node takes part in no transactions. Throws AmqpError to reject the delivery.
   */
  stage?(message: Buffer, format: number): StagedWork;
  /** The link ended. */
  close?(): void;
  /** Goes into our attach. */
  readonly attachProperties?: Readonly<Record<string, AmqpValue>>;
}

/** A part of a transaction. At the commit all parts are checked, then all applied, in one turn. */
export interface StagedWork {
  /** Whose transaction it is: name of the queue or topic. */
  readonly entity: string;
  /** Messages that it sends. */
  readonly sentCount?: number;
  /** What can be taken once only (locks, scheduled messages): no other part of the transaction may have it. */
  readonly subjects?: readonly object[];
  /** Throws AmqpError if it can no longer be done; then nothing of the transaction is. */
  check(): void;
  /** Must not throw after `check`. */
  apply(): void;
  /** What was applied goes to disk. */
  finish(): void;
}

/** Message format of the batches that all Azure SDKs send: vnd.microsoft, 0x80013700. */
export const BATCH_FORMAT = 0x80013700;

/** Broker → client. */
export interface OutgoingLink extends AttachedLink {
  /** How many messages may be sent right now: credit, session window and socket taken together. 0 once ended. */
  readonly room: number;
  /** The client asked for settled deliveries (receive and delete): no outcome will come. */
  readonly isSettledOnSend: boolean;
  /** The client settles second (peek-lock): it waits for our answer to each outcome. */
  readonly isReceiverSettlesSecond: boolean;
  /**
   * Sends one encoded message. Check `room` first: throws RangeError without it.
   * `tag`: default a counter; Service Bus puts the lock token here.
   * `untracked`: no outcome is wanted and none will be reported; the delivery is forgotten once written
   * (Event Hubs: a reader may never settle).
   */
  send(message: Buffer, options?: SendOptions): Delivery;
}

export interface SendOptions {
  readonly tag?: Buffer;
  readonly untracked?: boolean;
}

/** One message on its way to a client. */
export interface Delivery {
  readonly tag: Buffer;
  /** For the engine: what it needs to know when the outcome comes. */
  context?: unknown;
}

/** What an engine gives for a receiver link. */
export interface MessageSource {
  /** There may be room now: send while `link.room > 0`. Called often; also call your own when messages arrive. */
  pump(): void;
  /**
   * The client's outcome for a delivery that was neither settled on send nor untracked.
   * Returning echoes the outcome as settled, throwing AmqpError answers `rejected` with that error
   * (the SDK's settle call waits for either); a promise does the same later.
   */
  settle?(delivery: Delivery, outcome: Outcome): void | Promise<void>;
  /** As `settle`, for an outcome that a transaction decides on. Throws AmqpError to answer `rejected`. */
  stageSettle?(delivery: Delivery, outcome: Outcome): StagedWork;
  /** The link ended; deliveries without outcome will get none. `unsettled`: oldest first. */
  close?(unsettled: readonly Delivery[]): void;
  /** Goes into our attach: `com.microsoft:locked-until-utc`, for one. */
  readonly attachProperties?: Readonly<Record<string, AmqpValue>>;
  /** Of the desired capabilities, those that are given: in our attach. */
  readonly offeredCapabilities?: readonly string[];
  /** Filters of the source in our attach; default: the client's. Sessions put the accepted id here. */
  readonly attachFilters?: ReadonlyMap<string, AmqpValue>;
}

/** What a client says of a delivery [AMQP 3.4]. */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'released' }
  | {
      readonly kind: 'rejected';
      readonly condition?: string;
      readonly description?: string;
      /** The error's info map: `DeadLetterReason`, `DeadLetterErrorDescription` and properties to change. */
      readonly info: readonly MapEntry[];
    }
  | {
      readonly kind: 'modified';
      readonly isDeliveryFailed: boolean;
      readonly isUndeliverableHere: boolean;
      readonly messageAnnotations: readonly MapEntry[];
    };

/** An entry of a map, decoded, and as it came so that its type is kept when it goes on. */
export interface MapEntry {
  readonly key: string;
  readonly value: AmqpValue;
  /** The encoded value. */
  readonly encoded: Buffer;
}

export interface ManagementOperation {
  /** The caller needs one of these on the node. */
  readonly rights: readonly Right[];
  /** Throws AmqpError: answered with its status code, condition and text. */
  handle(request: ManagementRequest): ManagementResponse | Promise<ManagementResponse>;
  /** It changes nothing that a transaction could take back: `handle` answers in one, too. */
  readonly isReading?: boolean;
  /** As `handle`, in a transaction: answered now, done when that commits. Absent: answered 501 there. */
  stage?(request: ManagementRequest): {
    readonly response: ManagementResponse;
    readonly work: StagedWork;
  };
}

export interface ManagementRequest {
  readonly operation: string;
  /** Application properties. */
  readonly properties: Readonly<Record<string, AmqpValue>>;
  readonly body: AmqpValue;
  readonly connectionId: string;
  readonly principalId: string;
  /** Of `associated-link-name`, where the client sent it: the link this request belongs to. */
  readonly associatedLinkName?: string;
  /** Aborts when the connection ends. */
  readonly closed: AbortSignal;
}

export interface ManagementResponse {
  /** Default 200. */
  readonly statusCode?: number;
  /** Default `OK`. */
  readonly statusDescription?: string;
  readonly errorCondition?: string;
  /** An AMQP value body; maps as objects. */
  readonly body?: AmqpValue;
  /** Further application properties. */
  readonly properties?: Readonly<Record<string, AmqpValue>>;
}
