// Delivery states and errors [AMQP 3.4, 2.8.14]: what dispositions carry.
import type { MapEntry, Outcome } from '../messaging-node.ts';
import { type AmqpValue, Described, encoded, typed } from './amqp-value.ts';
import { DecodeError, Decoder, decodeValue } from './decode.ts';
import { encodeValue } from './encode.ts';
import { decodeEntries } from './sections.ts';

const STATE = { accepted: 0x24, rejected: 0x25, released: 0x26, modified: 0x27 } as const;
/** [AMQP 4.5] */
const TRANSACTION = { declare: 0x31, discharge: 0x32, declared: 0x33, state: 0x34 } as const;
const ERROR = 0x1d;

const described = (code: number, fields: readonly AmqpValue[]) =>
  new Described(typed('ulong', code), fields);

export const ACCEPTED = encodeValue(described(STATE.accepted, []));
export const RELEASED = encodeValue(described(STATE.released, []));

/** All three fields are written: a client reads them by index. */
export function errorValue(
  error: { readonly condition: string; readonly message: string } | undefined,
): Described | null {
  if (!error) return null;
  return described(ERROR, [typed('symbol', error.condition), error.message, null]);
}

export function rejectedWith(error: {
  readonly condition: string;
  readonly message: string;
}): Buffer {
  return encodeValue(described(STATE.rejected, [errorValue(error)]));
}

/** The state that repeats an outcome as the client gave it. */
export function encodeOutcome(outcome: Outcome): Buffer {
  if (outcome.kind === 'accepted') return ACCEPTED;
  if (outcome.kind === 'released') return RELEASED;
  if (outcome.kind === 'rejected') return encodeValue(described(STATE.rejected, [null]));
  const { isDeliveryFailed, isUndeliverableHere, messageAnnotations } = outcome;
  const annotations = new Map<AmqpValue, AmqpValue>(
    messageAnnotations.map(({ key, encoded: bytes }) => [typed('symbol', key), encoded(bytes)]),
  );
  return encodeValue(
    described(STATE.modified, [isDeliveryFailed, isUndeliverableHere, annotations]),
  );
}

/** Undefined for a state that is no outcome (`received`, a transaction's). Throws DecodeError. */
export function decodeOutcome(state: Buffer): Outcome | undefined {
  const decoder = new Decoder(state);
  const code = decoder.readDescriptor();
  const fields = readFields(decoder, state);
  switch (code) {
    case STATE.accepted:
      return { kind: 'accepted' };
    case STATE.released:
      return { kind: 'released' };
    case STATE.rejected:
      return decodeRejected(fields[0]);
    case STATE.modified:
      return {
        kind: 'modified',
        isDeliveryFailed: decodeFlag(fields[0]),
        isUndeliverableHere: decodeFlag(fields[1]),
        messageAnnotations: entriesOf(fields[2]),
      };
    default:
      return undefined;
  }
}

/** The state of a delivery that is part of a transaction; undefined for another state. Throws DecodeError. */
export function decodeTransactionalState(
  state: Buffer,
): { readonly transactionId: Buffer; readonly outcome?: Outcome } | undefined {
  const decoder = new Decoder(state);
  if (decoder.readDescriptor() !== TRANSACTION.state) return undefined;
  const [id, outcome] = readFields(decoder, state);
  const decoded = outcome && decodeOutcome(outcome);
  return { transactionId: decodeTransactionId(id), ...(decoded && { outcome: decoded }) };
}

export const encodeTransactionalState = (transactionId: Buffer, outcome: Buffer): Buffer =>
  encodeValue(described(TRANSACTION.state, [transactionId, encoded(outcome)]));

export const declaredAs = (transactionId: Buffer): Buffer =>
  encodeValue(described(TRANSACTION.declared, [transactionId]));

export type TransactionCommand =
  | { readonly kind: 'declare' }
  | { readonly kind: 'discharge'; readonly transactionId: Buffer; readonly isFailed: boolean };

/** The body of a message to the coordinator. Throws DecodeError. */
export function readTransactionCommand(body: AmqpValue): TransactionCommand {
  const fields: AmqpValue = body instanceof Described ? body.value : undefined;
  if (body instanceof Described && Array.isArray(fields)) {
    if (body.descriptor === TRANSACTION.declare) return { kind: 'declare' };
    const [transactionId, isFailed]: readonly AmqpValue[] = fields;
    if (body.descriptor === TRANSACTION.discharge && Buffer.isBuffer(transactionId)) {
      return { kind: 'discharge', transactionId, isFailed: isFailed === true };
    }
  }
  throw new DecodeError('a declare or discharge was expected');
}

function decodeTransactionId(field: Buffer | undefined): Buffer {
  const id = field && decodeValue(field);
  if (!Buffer.isBuffer(id)) throw new DecodeError('a transaction id was expected');
  return Buffer.from(id);
}

function decodeRejected(error: Buffer | undefined): Outcome {
  if (!error) return { kind: 'rejected', info: [] };
  const decoder = new Decoder(error);
  if (decoder.readDescriptor() !== ERROR) throw new DecodeError('an error was expected');
  const [condition, description, info] = readFields(decoder, error);
  return {
    kind: 'rejected',
    ...optionalText('condition', condition),
    ...optionalText('description', description),
    info: entriesOf(info),
  };
}

/** Encoded fields of the list at the decoder; undefined for null. */
function readFields(decoder: Decoder, bytes: Buffer): (Buffer | undefined)[] {
  const { count } = decoder.readCompound();
  const fields: (Buffer | undefined)[] = [];
  for (let index = 0; index < count; index++) {
    const at = decoder.offset;
    decoder.skipValue();
    fields.push(bytes[at] === 0x40 ? undefined : bytes.subarray(at, decoder.offset));
  }
  return fields;
}

const decodeFlag = (field: Buffer | undefined) =>
  field !== undefined && decodeValue(field) === true;

/** The buffers are copies: a frame's memory must not live as long as a message. */
const entriesOf = (field: Buffer | undefined): MapEntry[] =>
  field ? decodeEntries(Buffer.from(field)) : [];

function optionalText<Name extends string>(
  name: Name,
  field: Buffer | undefined,
): { [N in Name]?: string } {
  const value = field && decodeValue(field);
  return typeof value === 'string' ? ({ [name]: value } as { [N in Name]?: string }) : {};
}
