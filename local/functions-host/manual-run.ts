// What a function gets that the admin API runs by hand: Azure makes a message or an event of the input
// (ServiceBusTriggerBindingStrategy.cs and EventHubTriggerBindingStrategy.cs, ConvertFromString).
import type { ReceivedEventData } from '@azure/event-hubs';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { singleInvocation as eventInvocation } from './event-hub-data.ts';
import type { Execution } from './executor.ts';
import type { HostFunction } from './host-function.ts';
import { batchInput } from './message-body.ts';
import { singleInvocation as messageInvocation } from './service-bus-data.ts';
import type { TypedData } from './worker-contract.ts';

type ManualExecution = Pick<Execution, 'input' | 'triggerMetadata'>;

/** `timerInput` is asked for a timer. Throws a sentence if a trigger has to have an input and there is none. */
export async function manualExecution(
  fn: HostFunction,
  input: string | undefined,
  timerInput: (fn: HostFunction) => Promise<TypedData>,
): Promise<ManualExecution> {
  const { trigger } = fn;
  if (trigger.type === 'timerTrigger') return { input: await timerInput(fn) };
  if (trigger.type === 'httpTrigger') {
    // Azure: it fails too, for want of a request (seen with WebHost 4.1037).
    throw new Error("an HTTP function can't be run by the admin API, it needs a request.");
  }
  if (input === undefined) throw new Error('it needs an input: {"input": "<the body>"}.');
  const body = Buffer.from(input);
  const execution =
    trigger.type === 'serviceBusTrigger'
      ? messageInvocation(fn.name, trigger, messageOf(body), {})
      : eventInvocation(fn.name, trigger, eventOf(body), undefined);
  const { triggerMetadata = {} } = execution;
  // Azure: the metadata stays that of one message for a batch, too.
  if (trigger.cardinality === 'one') return { input: execution.input, triggerMetadata };
  return { input: batchInput([{ body, bodyType: 'data' }], trigger.bodyType), triggerMetadata };
}

/** A message with nothing but a body (ServiceBusModelFactory): not sent, not locked, not delivered. */
function messageOf(body: Buffer): ServiceBusReceivedMessage {
  return {
    body,
    deliveryCount: -1,
    expiresAtUtc: new Date(Number.MAX_SAFE_INTEGER),
    _rawAmqpMessage: { body, bodyType: 'data' },
    state: 'active',
  } as ServiceBusReceivedMessage;
}

function eventOf(body: Buffer): ReceivedEventData {
  const raw = { body, bodyType: 'data' as const };
  return {
    body,
    sequenceNumber: -(2 ** 63),
    partitionKey: null,
    getRawAmqpMessage: () => raw,
  } as unknown as ReceivedEventData;
}
