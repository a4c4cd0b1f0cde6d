// A client that writes its frames itself: for what no JavaScript stack can say, transactions for one.
import { once } from 'node:events';
import tls from 'node:tls';
import { type AmqpValue, Described, typed } from '../../../../local/azure/amqp/codec/amqp-value.ts';
import { encodeValue } from '../../../../local/azure/amqp/codec/encode.ts';
import { PERFORMATIVE, Performative } from '../../../../local/azure/amqp/codec/performatives.ts';
import { encodeMessage } from '../../../../local/azure/amqp/codec/sections.ts';
import { FrameReader, frameHeader } from '../../../../local/azure/amqp/frame-reader.ts';
import type { LocalAzure } from '../../../../local/azure/start-azure.ts';

export const described = (code: number, fields: readonly AmqpValue[] = []) =>
  new Described(typed('ulong', code), fields);
export const uint = (value: number) => typed('uint', value);

interface Received {
  readonly channel: number;
  readonly performative: Performative;
}

interface Waiting {
  fits(received: Received): boolean;
  resolve(performative: Performative): void;
}

export interface LinkOptions {
  readonly channel?: number;
  readonly handle: number;
  /** Whether the client receives. */
  readonly isReceiver?: boolean;
  /** Address of the node, or a described target. */
  readonly node: string | Described;
}

/** Frames in the order of their arrival; one that nobody waits for is kept. */
export class FrameClient {
  readonly #socket: tls.TLSSocket;
  readonly #unread: Received[] = [];
  readonly #waiting: Waiting[] = [];
  #nextLink = 0;
  readonly #nextDelivery = new Map<number, number>();

  constructor(socket: tls.TLSSocket) {
    this.#socket = socket;
    const reader = new FrameReader({
      onHeader() {},
      onFrame: ({ channel, body }) => {
        if (body.length > 0) this.#onFrame({ channel, performative: new Performative(body) });
      },
    });
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => reader.push(Buffer.from(chunk)));
  }

  /** Without SASL; `hostname` of the open frame. */
  static async connect(
    azure: Pick<LocalAzure, 'ports' | 'certificateAuthority'>,
    hostname: string,
  ): Promise<FrameClient> {
    const socket = tls.connect({
      ...{ host: '127.0.0.1', port: azure.ports.messaging, servername: 'localhost' },
      ca: azure.certificateAuthority.certificatePem,
    });
    await once(socket, 'secureConnect');
    const client = new FrameClient(socket);
    socket.write(Buffer.from('AMQP\x00\x01\x00\x00', 'latin1'));
    client.send(PERFORMATIVE.open, ['frames', hostname]);
    await client.next(PERFORMATIVE.open);
    return client;
  }

  send(code: number, fields: readonly AmqpValue[], channel = 0, payload?: Buffer): void {
    const body = Buffer.concat([encodeValue(described(code, fields)), payload ?? Buffer.alloc(0)]);
    this.#socket.write(Buffer.concat([frameHeader(0, channel, body.length), body]));
  }

  /** The next frame of this kind. */
  next(
    code: number,
    fits: (performative: Performative) => boolean = () => true,
    channel = 0,
  ): Promise<Performative> {
    const isIt = (received: Received) =>
      received.performative.code === code &&
      received.channel === channel &&
      fits(received.performative);
    const index = this.#unread.findIndex(isIt);
    const [found] = index < 0 ? [] : this.#unread.splice(index, 1);
    if (found) return Promise.resolve(found.performative);
    return new Promise((resolve) => this.#waiting.push({ fits: isIt, resolve }));
  }

  async begin(channel = 0): Promise<void> {
    this.send(PERFORMATIVE.begin, [null, uint(0), uint(1000), uint(1000)], channel);
    await this.next(PERFORMATIVE.begin, undefined, channel);
  }

  /** Returns the broker's attach; a receiver gets `credit`. */
  async attach({ channel = 0, handle, isReceiver = false, node }: LinkOptions, credit = 10) {
    const terminus = (code: number, address: AmqpValue) => described(code, [address]);
    const target = node instanceof Described ? node : terminus(0x29, isReceiver ? 'here' : node);
    const source = terminus(0x28, isReceiver && typeof node === 'string' ? node : 'here');
    this.send(
      PERFORMATIVE.attach,
      [
        ...[`link-${this.#nextLink++}`, uint(handle), isReceiver, null],
        ...[typed('ubyte', isReceiver ? 1 : 0), source, target, null, null],
        isReceiver ? null : uint(0),
      ],
      channel,
    );
    const attached = await this.next(PERFORMATIVE.attach, (it) => it.number(1) === handle, channel);
    if (isReceiver) {
      this.send(
        PERFORMATIVE.flow,
        [...[0, 1000, 0, 1000, handle, 0, credit].map(uint), uint(0)],
        channel,
      );
    }
    return attached;
  }

  /** Sends one message and returns the state that the broker answers with. */
  async transfer(
    { channel = 0, handle }: { readonly channel?: number; readonly handle: number },
    message: Buffer,
    state?: Described,
  ): Promise<Described> {
    const id = this.#nextDelivery.get(channel) ?? 0;
    this.#nextDelivery.set(channel, id + 1);
    const tag = Buffer.from(String(id));
    this.send(
      PERFORMATIVE.transfer,
      [uint(handle), uint(id), tag, uint(0), false, false, null, state],
      channel,
      message,
    );
    return this.#stateOf(id, true, channel);
  }

  /** Says an outcome, unsettled, and returns the state that the broker answers with. */
  async dispose(deliveryId: number, state: Described, channel = 0): Promise<Described> {
    this.send(
      PERFORMATIVE.disposition,
      [true, uint(deliveryId), uint(deliveryId), false, state],
      channel,
    );
    return this.#stateOf(deliveryId, false, channel);
  }

  /** Shows a token for the node. Takes handles 0 and 1 of channel 0. */
  async putToken(name: string, token: string): Promise<void> {
    await this.attach({ handle: 0, node: '$cbs' });
    await this.attach({ handle: 1, isReceiver: true, node: '$cbs' });
    const applicationProperties = { operation: 'put-token', type: 'jwt', name };
    await this.transfer({ handle: 0 }, encodeMessage({ applicationProperties, body: token }));
    await this.next(PERFORMATIVE.transfer, (it) => it.number(0) === 1);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #stateOf(id: number, isReceiver: boolean, channel: number): Promise<Described> {
    const disposition = await this.next(
      PERFORMATIVE.disposition,
      (it) =>
        it.boolean(0) === isReceiver &&
        it.number(1) <= id &&
        id <= (it.optionalNumber(2) ?? it.number(1)),
      channel,
    );
    const state = disposition.value(4);
    if (!(state instanceof Described)) throw new Error('The disposition has no state.');
    return state;
  }

  #onFrame(received: Received): void {
    const index = this.#waiting.findIndex((waiting) => waiting.fits(received));
    const [waiting] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (waiting) waiting.resolve(received.performative);
    else this.#unread.push(received);
  }
}
