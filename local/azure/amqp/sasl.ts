// SASL as the services offer it [AMQP 5.3]. Neither mechanism says who calls: that comes on `$cbs`.
import { arrayOf, Described, typed } from './codec/amqp-value.ts';
import { encodeValue } from './codec/encode.ts';
import { Performative } from './codec/performatives.ts';
import { ProtocolError } from './frame-reader.ts';

const SASL = { mechanisms: 0x40, init: 0x41, outcome: 0x44 } as const;
const OUTCOME = { ok: 0, auth: 1 } as const;

/** MSSBCBS is what Microsoft's C stack asks for when it will use `$cbs`; it behaves as ANONYMOUS. */
const MECHANISMS = ['MSSBCBS', 'ANONYMOUS'];

export function writeMechanisms(): Buffer {
  const mechanisms = arrayOf('symbol', MECHANISMS);
  return encodeValue(new Described(typed('ulong', SASL.mechanisms), [mechanisms]));
}

export interface SaslAnswer {
  readonly isAccepted: boolean;
  /** Body of the outcome frame. */
  readonly outcome: Buffer;
}

/** Answers a client's init. Throws ProtocolError for any other frame. */
export function answerSasl(body: Buffer): SaslAnswer {
  const init = new Performative(body);
  if (init.code !== SASL.init) {
    throw new ProtocolError('amqp:connection:framing-error', 'sasl-init was expected');
  }
  const isAccepted = MECHANISMS.includes(init.string(0));
  const code = typed('ubyte', isAccepted ? OUTCOME.ok : OUTCOME.auth);
  const outcome = encodeValue(new Described(typed('ulong', SASL.outcome), [code, null]));
  return { isAccepted, outcome };
}
