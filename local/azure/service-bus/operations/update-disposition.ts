import type { AmqpValue } from '../../amqp/codec/amqp-value.ts';
import { encodeValue } from '../../amqp/codec/encode.ts';
import type { MapEntry } from '../../amqp/messaging-node.ts';
import type { MessageQueue } from '../entities/message-queue.ts';
import type { Settlement } from '../entities/settlement.ts';
import { swapGuidOrder } from '../messages/message-lock.ts';
import { badArgument } from '../service-bus-error.ts';
import { RequestBody } from './request-body.ts';
import { changing } from './staged-operation.ts';

/** `com.microsoft:update-disposition`: settles locked messages whose link is gone, or that never had one. */
export const updateDisposition = (queue: MessageQueue) =>
  changing(['Listen'], (request) => {
    const body = new RequestBody(request);
    const settlement = readSettlement(body);
    const locks = body.lockTokens().map((token) => queue.locks.find(swapGuidOrder(token)));
    return {
      subjects: locks,
      check() {
        for (const lock of locks) queue.locks.requireSettleable(lock, settlement);
      },
      apply() {
        for (const lock of locks) queue.settle(lock, settlement);
      },
    };
  });

function readSettlement(body: RequestBody): Settlement {
  const properties = toEntries(body.map('properties-to-modify'));
  const status = body.string('disposition-status');
  switch (status) {
    case 'completed':
      return { kind: 'complete' };
    case 'abandoned':
      return { kind: 'abandon', properties };
    // The SDKs write it with one r.
    case 'defered':
    case 'deferred':
      return { kind: 'defer', properties };
    case 'suspended': {
      const reason = body.optionalString('deadletter-reason');
      const description = body.optionalString('deadletter-description');
      const cause = {
        ...(reason !== undefined && { reason }),
        ...(description !== undefined && { description }),
      };
      return { kind: 'deadLetter', cause, properties };
    }
    default:
      throw badArgument(`'${status}' is no disposition status.`);
  }
}

function toEntries(map: ReadonlyMap<AmqpValue, AmqpValue> | undefined): MapEntry[] {
  return [...(map ?? [])].flatMap(([key, value]) =>
    typeof key === 'string' ? [{ key, value, encoded: encodeValue(value) }] : [],
  );
}
