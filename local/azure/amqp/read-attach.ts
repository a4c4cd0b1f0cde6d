import { type AmqpValue, toRecord } from './codec/amqp-value.ts';
import type { Performative } from './codec/performatives.ts';
import { readTerminus, type Terminus } from './codec/terminus.ts';

/** A client's attach, read [AMQP 2.7.3]. */
export interface Attach {
  readonly name: string;
  readonly handle: number;
  readonly isPeerReceiver: boolean;
  readonly senderSettleMode: number;
  readonly receiverSettleMode: number;
  readonly source: Terminus;
  readonly target: Terminus;
  /** As they came, to be sent back. */
  readonly sourceBytes?: Buffer;
  readonly targetBytes?: Buffer;
  readonly desiredCapabilities: readonly string[];
  readonly properties: Readonly<Record<string, AmqpValue>>;
}

/** Throws DecodeError. The buffers are copies: a link lives longer than the chunk its frame came in. */
export function readAttach(performative: Performative): Attach {
  const source = copy(performative.encoded(5));
  const target = copy(performative.encoded(6));
  return {
    name: performative.string(0),
    handle: performative.number(1),
    isPeerReceiver: performative.boolean(2),
    senderSettleMode: performative.optionalNumber(3) ?? 2,
    receiverSettleMode: performative.optionalNumber(4) ?? 0,
    source: readTerminus(source),
    target: readTerminus(target),
    ...(source && { sourceBytes: source }),
    ...(target && { targetBytes: target }),
    desiredCapabilities: performative.symbols(12),
    properties: toRecord(performative.value(13)),
  };
}

const copy = (bytes: Buffer | undefined) => bytes && Buffer.from(bytes);
