import { availableParallelism } from 'node:os';
import { readExtensionSettings } from './extension-settings.ts';

/** host.json's `extensions.serviceBus`, with Azure's defaults (ServiceBusOptions.cs). */
export interface ServiceBusOptions {
  readonly autoCompleteMessages: boolean;
  /** Of single dispatch. Infinity for as long as the function runs, 0 for never. */
  readonly maxAutoLockRenewalMs: number;
  /** Functions that run at once, single dispatch without sessions. */
  readonly maxConcurrentCalls: number;
  readonly maxConcurrentSessions: number;
  readonly maxConcurrentCallsPerSession: number;
  readonly maxMessageBatchSize: number;
  /** How long an accepted session is waited on for a message. */
  readonly sessionIdleMs: number;
}

/** `ServiceBusRetryOptions.TryTimeout`, for which a session is waited on unless `sessionIdleTimeout` is set. */
const TRY_TIMEOUT_MS = 60_000;

/**
 * Throws a sentence that names the setting if it is wrong, or one that this host does not serve.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus#hostjson-settings
 */
export function readServiceBusOptions(section: unknown): ServiceBusOptions {
  const settings = readExtensionSettings(section, 'extensions.serviceBus');
  // Pretend: of the less usual settings only their defaults.
  settings.refuse({
    minMessageBatchSize: 1,
    transportType: 'amqpTcp',
    webProxy: '',
    enableCrossEntityTransactions: false,
  });
  // Pretend: prefetchCount and clientRetryOptions are read by nobody: the SDK has no prefetch, and the host's own pace is in keep-listening.ts.
  settings.integer('prefetchCount', 0, 0);
  // The names of extension 4, which extension 5 still reads (ServiceBusHostBuilderExtensions.cs).
  const messageHandler = settings.section('messageHandlerOptions');
  const sessionHandler = settings.section('sessionHandlerOptions');
  return {
    autoCompleteMessages: settings.boolean(
      'autoCompleteMessages',
      messageHandler.boolean('autoComplete', true),
    ),
    maxAutoLockRenewalMs:
      settings.timeSpan('maxAutoLockRenewalDuration') ??
      messageHandler.timeSpan('maxAutoRenewDuration') ??
      5 * 60_000,
    maxConcurrentCalls: settings.integer(
      'maxConcurrentCalls',
      messageHandler.integer('maxConcurrentCalls', 16 * availableParallelism(), 1),
      1,
    ),
    maxConcurrentSessions: settings.integer(
      'maxConcurrentSessions',
      sessionHandler.integer('maxConcurrentSessions', 8, 1),
      1,
    ),
    maxConcurrentCallsPerSession: settings.integer('maxConcurrentCallsPerSession', 1, 1),
    maxMessageBatchSize: settings.integer('maxMessageBatchSize', 1000, 1),
    sessionIdleMs: settings.timeSpan('sessionIdleTimeout') ?? TRY_TIMEOUT_MS,
  };
}
