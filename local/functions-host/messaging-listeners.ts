import type { TokenCredential } from '@azure/identity';
import type { Executor } from './executor.ts';
import type { HostFunction } from './host-function.ts';
import type { HostStorageSettings } from './host-storage.ts';
import type { HostLog } from './log.ts';
import type { EventHubFunction } from './partition-processor.ts';
import type { ServiceBusFunction } from './service-bus-dispatch.ts';
import { createConnectionCredential, keepTokens } from './token-keeper.ts';

export interface MessagingListenersOptions {
  readonly functions: readonly HostFunction[];
  readonly executor: Executor;
  readonly log: HostLog;
  readonly storage: HostStorageSettings | undefined;
}

export interface MessagingListeners {
  /** No run begins any more; resolves when the running ones have ended, and their messages are settled. */
  stop(): Promise<void>;
}

const isServiceBusFunction = (fn: HostFunction): fn is ServiceBusFunction =>
  fn.trigger.type === 'serviceBusTrigger';
const isEventHubFunction = (fn: HostFunction): fn is EventHubFunction =>
  fn.trigger.type === 'eventHubTrigger';

/**
 * Starts the listeners of the app's Service Bus and Event Hubs functions in the background; never throws, what goes
 * wrong is in the log. The SDKs are loaded here, after the host has said that it is ready.
 */
export function startMessagingListeners(options: MessagingListenersOptions): MessagingListeners {
  const { executor, log, storage } = options;
  const enabled = options.functions.filter(({ disabled }) => !disabled);
  const stopping = new AbortController();
  const credentials = new Map<string, Promise<TokenCredential>>();
  /** One for all functions of an identity: they share its tokens. */
  const credentialOf = ({ trigger: { connection } }: ServiceBusFunction | EventHubFunction) => {
    const key = `${connection.usesManagedIdentity} ${connection.clientId}`;
    const known = credentials.get(key) ?? createConnectionCredential(connection).then(keepTokens);
    credentials.set(key, known);
    return known;
  };
  const shared = { executor, log, signal: stopping.signal };
  const listeners = [
    ...enabled.filter(isServiceBusFunction).map(async (fn) => {
      const { runServiceBusListener } = await import('./service-bus-listener.ts');
      await runServiceBusListener({ ...shared, fn, credential: await credentialOf(fn) });
    }),
    ...enabled.filter(isEventHubFunction).map(async (fn) => {
      const { runEventHubListener } = await import('./event-hub-listener.ts');
      await runEventHubListener({ ...shared, fn, storage, credential: await credentialOf(fn) });
    }),
  ];
  for (const listener of listeners) {
    listener.catch((error: unknown) =>
      log({
        level: 'error',
        category: 'Host.Startup',
        message: `A listener ended: ${error instanceof Error ? error.stack : error}`,
      }),
    );
  }
  return {
    async stop() {
      stopping.abort();
      await Promise.allSettled(listeners);
    },
  };
}
