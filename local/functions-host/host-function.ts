import type { EventHubOptions } from './event-hub-options.ts';
import type { MessagingConnection } from './messaging-connection.ts';
import type { RouteTemplate } from './route-template.ts';
import type { Schedule } from './schedule.ts';
import type { ServiceBusOptions } from './service-bus-options.ts';
import type { RegisteredFunction } from './worker-app.ts';
import type { Binding } from './worker-contract.ts';

export type AuthLevel = 'anonymous' | 'function' | 'admin';

export interface HttpTrigger {
  readonly type: 'httpTrigger';
  readonly bindingName: string;
  /** Upper case; empty for every method. */
  readonly methods: readonly string[];
  /** As the app gave it, or the function's name; without the prefix. */
  readonly route: string;
  readonly template: RouteTemplate;
  readonly authLevel: AuthLevel;
}

export interface TimerTrigger {
  readonly type: 'timerTrigger';
  readonly bindingName: string;
  /** With its settings resolved. */
  readonly expression: string;
  readonly schedule: Schedule;
  readonly runOnStartup: boolean;
  readonly useMonitor: boolean;
}

/** How the function wants the body: a string unless its binding says `dataType: 'binary'`. */
export type BodyType = 'string' | 'binary';

interface MessagingTrigger {
  readonly bindingName: string;
  readonly connection: MessagingConnection;
  readonly cardinality: 'one' | 'many';
  readonly bodyType: BodyType;
}

/** A queue, or a subscription of a topic, as the service spells its path. */
export type ServiceBusEntity =
  | { readonly queueName: string }
  | { readonly topicName: string; readonly subscriptionName: string };

export interface ServiceBusTrigger extends MessagingTrigger {
  readonly type: 'serviceBusTrigger';
  readonly entity: ServiceBusEntity;
  readonly isSessionsEnabled: boolean;
  /** With the binding's own `autoCompleteMessages`. */
  readonly options: ServiceBusOptions;
}

export interface EventHubTrigger extends MessagingTrigger {
  readonly type: 'eventHubTrigger';
  readonly eventHubName: string;
  readonly consumerGroup: string;
  readonly options: EventHubOptions;
}

/** A function of the app that can run. */
export interface HostFunction {
  readonly name: string;
  readonly registered: RegisteredFunction;
  readonly trigger: HttpTrigger | TimerTrigger | ServiceBusTrigger | EventHubTrigger;
  readonly disabled: boolean;
}

export interface FunctionInError {
  readonly name: string;
  readonly message: string;
}

/** `<queue>`, or `<topic>/Subscriptions/<subscription>`. */
export const entityPathOf = (entity: ServiceBusEntity): string =>
  'queueName' in entity
    ? entity.queueName
    : `${entity.topicName}/Subscriptions/${entity.subscriptionName}`;

/** The one binding that starts the function, with its name. */
export function findTrigger(
  fn: RegisteredFunction,
): { name: string; binding: Binding } | undefined {
  const entry = Object.entries(fn.metadata.bindings).find(([, { type }]) => /trigger$/i.test(type));
  return entry && { name: entry[0], binding: entry[1] };
}
