// What both directions of a link have in common on our side [AMQP 2.6].
import type { AmqpValue } from './codec/amqp-value.ts';
import type { Performative } from './codec/performatives.ts';
import { type ErrorFields, writeAttach, writeDetach } from './codec/write-performatives.ts';
import type { AttachedLink } from './messaging-node.ts';
import type { Attach } from './read-attach.ts';
import type { Session } from './session.ts';

/** Who was allowed, and where: known once the link is accepted. */
export interface LinkGrant {
  readonly path: string;
  readonly principalId: string;
}

export abstract class LinkEnd implements AttachedLink {
  readonly session: Session;
  readonly attach: Attach;
  readonly #closed = new AbortController();
  /** `refused`: our attach said that there is no such node; a detach follows. */
  #state: 'attaching' | 'attached' | 'refused' | 'detached' | 'ended' = 'attaching';
  #grant: LinkGrant = { path: '', principalId: '' };
  /** `performance.now()` of the last message in either direction. */
  activeAt = performance.now();

  constructor(session: Session, attach: Attach) {
    this.session = session;
    this.attach = attach;
  }

  get handle(): number {
    return this.attach.handle;
  }

  get name(): string {
    return this.attach.name;
  }

  get address(): string {
    const { source, target, isPeerReceiver } = this.attach;
    return (isPeerReceiver ? source : target).address ?? '';
  }

  get path(): string {
    return this.#grant.path;
  }

  get principalId(): string {
    return this.#grant.principalId;
  }

  get connectionId(): string {
    return this.session.connection.id;
  }

  get properties(): Readonly<Record<string, AmqpValue>> {
    return this.attach.properties;
  }

  get desiredCapabilities(): readonly string[] {
    return this.attach.desiredCapabilities;
  }

  get filters(): ReadonlyMap<string, AmqpValue> {
    return this.attach.source.filters;
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  get isAttached(): boolean {
    return this.#state === 'attached';
  }

  /** Sets what the grant says before an engine sees the link. */
  allow(grant: LinkGrant): void {
    this.#grant = grant;
  }

  /** Sends our attach. False if the link has ended meanwhile. */
  protected confirm(fields: {
    readonly source?: Buffer;
    readonly target?: Buffer;
    readonly maxMessageSizeBytes: number;
    readonly offeredCapabilities: readonly string[];
    readonly properties: Readonly<Record<string, AmqpValue>>;
  }): boolean {
    if (this.#state !== 'attaching') return false;
    this.#state = 'attached';
    this.session.write(writeAttach({ ...this.#attachFields(), ...fields }));
    return true;
  }

  /**
   * Refuses as the service does: an attach without the node's terminus, then a detach with the error.
   * `delayMs` lies between the two: a client that attaches again at once is slowed by it.
   */
  refuse(error: ErrorFields, delayMs = 0): void {
    if (this.#state !== 'attaching') return;
    this.#state = 'refused';
    this.session.write(writeAttach({ ...this.#attachFields(), properties: {} }));
    if (delayMs === 0) this.detach(error);
    else setTimeout(() => this.detach(error), delayMs).unref();
  }

  detach(error?: { readonly condition: string; readonly message: string }): void {
    if (this.#state === 'attaching') {
      // Nothing was said of this link yet.
      if (error) this.refuse(error);
      else this.refuse({ condition: 'amqp:internal-error', message: 'the link was given up' });
      return;
    }
    if (this.#state === 'detached' || this.#state === 'ended') return;
    this.#state = 'detached';
    this.#notify();
    this.session.write(writeDetach(this.handle, true, error));
  }

  /** The peer detaches, or answers our detach. */
  onDetach(isClosed: boolean): void {
    const isAnswer = this.#state === 'detached';
    if (this.#state === 'attaching')
      this.session.write(writeAttach({ ...this.#attachFields(), properties: {} }));
    this.end();
    if (!isAnswer) this.session.write(writeDetach(this.handle, isClosed));
  }

  /** Ends without a frame. */
  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#notify();
    this.session.removeLink(this);
  }

  #notify(): void {
    if (this.#closed.signal.aborted) return;
    this.onClosed();
    this.#closed.abort();
  }

  #attachFields() {
    const { name, handle, isPeerReceiver, senderSettleMode, receiverSettleMode } = this.attach;
    return { name, handle, isReceiver: !isPeerReceiver, senderSettleMode, receiverSettleMode };
  }

  abstract onFlow(flow: Performative): void;
  abstract echoFlow(): boolean;
  protected abstract onClosed(): void;
}
