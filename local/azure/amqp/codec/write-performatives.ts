// What we send. Every field is written, as the service does: a client that reads performatives by index fails
// on lists whose trailing nulls are left out.
import { type AmqpValue, arrayOf, typed } from './amqp-value.ts';
import { errorValue } from './delivery-states.ts';
import { Encoder } from './encode.ts';
import { PERFORMATIVE } from './performatives.ts';

export interface ErrorFields {
  readonly condition: string;
  readonly message: string;
}

const NULL = Buffer.from([0x40]);
const encoder = new Encoder();

function write(code: number, fields: readonly AmqpValue[]): Buffer {
  encoder.reset().descriptor(code).value(fields);
  return encoder.toBuffer();
}

const uint = (value: number | undefined) => (value === undefined ? null : typed('uint', value));

export function writeOpen(open: {
  readonly containerId: string;
  readonly maxFrameSize: number;
  readonly channelMax: number;
  readonly idleTimeOutMs: number;
}): Buffer {
  return write(PERFORMATIVE.open, [
    open.containerId,
    null,
    uint(open.maxFrameSize),
    typed('ushort', open.channelMax),
    uint(open.idleTimeOutMs),
    ...[null, null, null, null, null],
  ]);
}

export function writeBegin(begin: {
  readonly remoteChannel: number;
  readonly incomingWindow: number;
  readonly outgoingWindow: number;
  readonly handleMax: number;
}): Buffer {
  return write(PERFORMATIVE.begin, [
    typed('ushort', begin.remoteChannel),
    uint(0),
    uint(begin.incomingWindow),
    uint(begin.outgoingWindow),
    uint(begin.handleMax),
    ...[null, null, null],
  ]);
}

export interface AttachFields {
  readonly name: string;
  readonly handle: number;
  /** Ours: true if we receive. */
  readonly isReceiver: boolean;
  readonly senderSettleMode: number;
  readonly receiverSettleMode: number;
  /** Encoded; absent: null, which says that there is no such node for the peer. */
  readonly source?: Buffer;
  readonly target?: Buffer;
  readonly maxMessageSizeBytes?: number;
  readonly offeredCapabilities?: readonly string[];
  readonly properties: Readonly<Record<string, AmqpValue>>;
}

export function writeAttach(attach: AttachFields): Buffer {
  const encoder = new Encoder();
  encoder.descriptor(PERFORMATIVE.attach).list(14, () => {
    encoder.string(attach.name).uint(attach.handle).boolean(attach.isReceiver);
    encoder.scalar('ubyte', attach.senderSettleMode).scalar('ubyte', attach.receiverSettleMode);
    encoder.raw(attach.source ?? NULL).raw(attach.target ?? NULL);
    encoder.null().null();
    if (attach.isReceiver) encoder.null();
    else encoder.uint(0);
    if (attach.maxMessageSizeBytes === undefined) encoder.null();
    else encoder.ulong(attach.maxMessageSizeBytes);
    writeSymbols(encoder, attach.offeredCapabilities);
    encoder.null();
    const properties = Object.entries(attach.properties);
    encoder.map(properties.length, () => {
      for (const [key, value] of properties) encoder.symbol(key).value(value);
    });
  });
  return encoder.toBuffer();
}

function writeSymbols(encoder: Encoder, symbols: readonly string[] | undefined): void {
  const [first, ...others] = symbols ?? [];
  if (first === undefined) encoder.null();
  else if (others.length === 0) encoder.symbol(first);
  else encoder.value(arrayOf('symbol', [first, ...others]));
}

export function writeFlow(flow: {
  readonly nextIncomingId: number;
  readonly incomingWindow: number;
  readonly nextOutgoingId: number;
  readonly outgoingWindow: number;
  readonly handle?: number;
  readonly deliveryCount?: number;
  readonly linkCredit?: number;
  readonly isDrain?: boolean;
}): Buffer {
  return write(PERFORMATIVE.flow, [
    uint(flow.nextIncomingId),
    uint(flow.incomingWindow),
    uint(flow.nextOutgoingId),
    uint(flow.outgoingWindow),
    uint(flow.handle),
    uint(flow.deliveryCount),
    uint(flow.linkCredit),
    uint(flow.handle === undefined ? undefined : 0),
    flow.isDrain ?? false,
    false,
    null,
  ]);
}

/** The hot one: written without intermediate values. */
export function writeTransfer(transfer: {
  readonly handle: number;
  readonly deliveryId: number;
  readonly deliveryTag: Uint8Array;
  readonly isSettled: boolean;
  readonly isMore: boolean;
}): Buffer {
  encoder
    .reset()
    .descriptor(PERFORMATIVE.transfer)
    .list(11, () => {
      encoder.uint(transfer.handle).uint(transfer.deliveryId).binary(transfer.deliveryTag);
      encoder.uint(0).boolean(transfer.isSettled).boolean(transfer.isMore);
      encoder.null().null().boolean(false).boolean(false).boolean(false);
    });
  return encoder.toBuffer();
}

export function writeDisposition(disposition: {
  /** Ours: true if we receive. */
  readonly isReceiver: boolean;
  readonly first: number;
  readonly last: number;
  readonly isSettled: boolean;
  /** Encoded delivery state. */
  readonly state: Buffer;
}): Buffer {
  encoder
    .reset()
    .descriptor(PERFORMATIVE.disposition)
    .list(6, () => {
      encoder.boolean(disposition.isReceiver).uint(disposition.first).uint(disposition.last);
      encoder.boolean(disposition.isSettled).raw(disposition.state).boolean(false);
    });
  return encoder.toBuffer();
}

export function writeDetach(handle: number, isClosed: boolean, error?: ErrorFields): Buffer {
  return write(PERFORMATIVE.detach, [uint(handle), isClosed, errorValue(error)]);
}

export function writeEnd(error?: ErrorFields): Buffer {
  return write(PERFORMATIVE.end, [errorValue(error)]);
}

export function writeClose(error?: ErrorFields): Buffer {
  return write(PERFORMATIVE.close, [errorValue(error)]);
}
