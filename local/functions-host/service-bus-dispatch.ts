// Runs a function with messages and settles them, as ServiceBusListener.cs does: complete on success, abandon at once
// otherwise. Nothing else: a Node function has no other settlement in Azure either.
import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type { BindingData } from './binding-data.ts';
import type { Execution, Executor } from './executor.ts';
import type { HostFunction, ServiceBusTrigger } from './host-function.ts';
import { createInFlight } from './in-flight.ts';
import { keepLock } from './lock-renewal.ts';
import {
  batchInvocation,
  clientData,
  type ReceivingClient,
  singleInvocation,
} from './service-bus-data.ts';

export type ServiceBusFunction = HostFunction & { readonly trigger: ServiceBusTrigger };

export interface DispatchOptions {
  readonly fn: ServiceBusFunction;
  readonly executor: Executor;
  readonly client: ReceivingClient;
  /** What went wrong beside the function: its own errors are logged where they are thrown. */
  readonly onError: (action: 'Complete' | 'Abandon' | 'RenewLock' | 'Bind', error: unknown) => void;
  readonly stopping: AbortSignal;
}

type Settler = Pick<ServiceBusReceiver, 'completeMessage' | 'abandonMessage' | 'renewMessageLock'>;

export interface Dispatch {
  /** Never rejects. */
  one(message: ServiceBusReceivedMessage, receiver: Settler): Promise<void>;
  /** Completed or abandoned as a whole. Never rejects. */
  batch(messages: readonly ServiceBusReceivedMessage[], receiver: Settler): Promise<void>;
  /** Resolves when every message that was begun is settled. */
  idle(): Promise<void>;
}

export function createDispatch(options: DispatchOptions): Dispatch {
  const { fn } = options;
  const base = clientData(options.client);
  const running = createInFlight();
  return {
    one: (message, receiver) => running.track(dispatchOne(message, receiver, base, options)),
    batch: (messages, receiver) =>
      running.track(
        dispatch(messages, receiver, options, () =>
          batchInvocation(fn.name, fn.trigger, messages, base),
        ),
      ),
    idle: () => running.idle(),
  };
}

/** Azure: a batch's locks and a session's messages are not renewed; a session's own lock is the SDK's matter. */
async function dispatchOne(
  message: ServiceBusReceivedMessage,
  receiver: Settler,
  base: BindingData,
  options: DispatchOptions,
): Promise<void> {
  const { fn, onError } = options;
  const { isSessionsEnabled, options: settings } = fn.trigger;
  const release = keepLock(
    message,
    isSessionsEnabled ? 0 : settings.maxAutoLockRenewalMs,
    () => receiver.renewMessageLock(message),
    (error) => onError('RenewLock', error),
  );
  try {
    await dispatch([message], receiver, options, () =>
      singleInvocation(fn.name, fn.trigger, message, base),
    );
  } finally {
    release();
  }
}

async function dispatch(
  messages: readonly ServiceBusReceivedMessage[],
  receiver: Settler,
  options: DispatchOptions,
  invocation: () => Pick<Execution, 'input'>,
): Promise<void> {
  const { fn, onError } = options;
  const succeeded = await run(options, invocation);
  const { autoCompleteMessages } = fn.trigger.options;
  // Azure: a failed run abandons even with autoCompleteMessages false, and a run that went well then settles nothing.
  if (succeeded && !autoCompleteMessages) return;
  const settle = (message: ServiceBusReceivedMessage) =>
    succeeded ? receiver.completeMessage(message) : receiver.abandonMessage(message);
  await Promise.all(
    messages.map((message) =>
      settle(message).catch((error) => onError(succeeded ? 'Complete' : 'Abandon', error)),
    ),
  );
}

/** Whether the function ran and threw nothing. */
async function run(
  { fn, executor, onError, stopping }: DispatchOptions,
  invocation: () => Pick<Execution, 'input'>,
): Promise<boolean> {
  // Azure: a message that comes while the listener stops is given back (ServiceBusListener.cs, EnsureIsRunning).
  if (stopping.aborted) return false;
  let execution: Execution;
  try {
    execution = { ...invocation(), reason: '(null)' };
  } catch (error) {
    onError('Bind', error);
    return false;
  }
  return executor.execute(fn, execution).then(
    () => true,
    () => false,
  );
}
