// Event Hubs' own refusals, with the texts that its clients show.
import { AmqpError, trackingSuffix } from '../amqp/amqp-error.ts';

export type Refuse = (condition: string, text: string) => AmqpError;

/** Refusals with a tracking suffix of now. */
export const refuserAt =
  (nowMs: () => number): Refuse =>
  (condition, text) =>
    new AmqpError(condition, `${text} ${trackingSuffix(nowMs())}`);

export const entityNotFound = (refuse: Refuse, resource: string): AmqpError =>
  refuse('amqp:not-found', `The messaging entity '${resource}' could not be found.`);

/** Source: mock hub of azure-sdk-for-js; the second sentence, issues of azure-event-hubs-dotnet. */
export const partitionOutOfRange = (refuse: Refuse, partitionCount: number): AmqpError =>
  refuse(
    'com.microsoft:argument-out-of-range',
    `The specified partition is invalid for an EventHub partition sender or receiver. It should be between 0 and ${partitionCount - 1}.`,
  );

/** Pretend: the condition is Azure's, the text ours. */
export const entityDisabled = (refuse: Refuse, resource: string): AmqpError =>
  refuse(
    'com.microsoft:entity-disabled',
    `The messaging entity '${resource}' is currently disabled.`,
  );

/** Pretend: Azure's storage is 84 GB a throughput unit; condition and words are its own for a full entity. */
export const storageFull = (refuse: Refuse): AmqpError =>
  refuse(
    'amqp:resource-limit-exceeded',
    'The messaging entity has reached its maximum allowable size.',
  );
