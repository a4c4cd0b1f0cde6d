import type { Clock } from '../clock.ts';
import { AmqpError } from './amqp-error.ts';
import { DecodeError } from './codec/decode.ts';
import {
  ACCEPTED,
  declaredAs,
  readTransactionCommand,
  type TransactionCommand,
} from './codec/delivery-states.ts';
import { decodeMessage } from './codec/sections.ts';
import type { MessageSink } from './messaging-node.ts';
import type { Transactions } from './transactions.ts';

/** A sink whose answer is a state of its own instead of `accepted`. */
export interface CommandSink extends MessageSink {
  /** Returns the encoded delivery state. Throws AmqpError. */
  answer(message: Buffer): Buffer;
}

/** What a link to the coordinator sends to: declares and discharges [AMQP 4.2, 4.3]. */
export function createCoordinator(transactions: Transactions, clock: Clock): CommandSink {
  const own = new Map<string, Buffer>();
  return {
    receive() {
      throw new AmqpError('amqp:not-allowed', 'A coordinator takes commands.');
    },
    answer(message) {
      const command = readCommand(message);
      transactions.expire(clock.nowMs());
      if (command.kind === 'declare') {
        const id = transactions.declare(clock.nowMs());
        own.set(id.toString('latin1'), id);
        return declaredAs(id);
      }
      own.delete(command.transactionId.toString('latin1'));
      if (command.isFailed) transactions.rollBack(command.transactionId);
      else transactions.commit(command.transactionId);
      return ACCEPTED;
    },
    /** [AMQP 4.2] What the link has declared and not discharged is rolled back. */
    close() {
      for (const id of own.values()) {
        try {
          transactions.rollBack(id);
        } catch {
          // It has timed out.
        }
      }
    },
  };
}

function readCommand(message: Buffer): TransactionCommand {
  try {
    return readTransactionCommand(decodeMessage(message).body);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new AmqpError('amqp:decode-error', `The command cannot be read: ${error.message}.`, 400);
  }
}
