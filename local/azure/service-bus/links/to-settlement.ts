import type { MapEntry, Outcome } from '../../amqp/messaging-node.ts';
import type { DeadLetterCause } from '../entities/dead-letter-cause.ts';
import type { Settlement } from '../entities/settlement.ts';

/** What an AMQP outcome means to Service Bus. Source: service-bus-amqp-protocol-guide, and what the SDKs send. */
export function toSettlement(outcome: Outcome): Settlement {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'complete' };
    case 'released':
      // Azure: does not count as a delivery [Azure/amqpnetlite#342].
      return { kind: 'release' };
    case 'modified': {
      const kind = outcome.isUndeliverableHere ? 'defer' : 'abandon';
      return { kind, properties: outcome.messageAnnotations };
    }
    case 'rejected':
      return toDeadLetter(outcome.info);
  }
}

/** Dead-letters with the reason and description among the properties, if they are strings. */
export function toDeadLetter(entries: readonly MapEntry[]): Settlement {
  const { DeadLetterReason: reason, DeadLetterErrorDescription: description } = Object.fromEntries(
    entries.map(({ key, value }) => [key, value]),
  );
  const cause: DeadLetterCause = {
    ...(typeof reason === 'string' && { reason }),
    ...(typeof description === 'string' && { description }),
  };
  const properties = entries.filter(
    ({ key }) => key !== 'DeadLetterReason' && key !== 'DeadLetterErrorDescription',
  );
  return { kind: 'deadLetter', cause, properties };
}
