// The bindings of the Service Bus and Event Hubs triggers, read as the host reads them: `%SETTING%` resolved.
import { readEventHubOptions } from './event-hub-options.ts';
import type {
  BodyType,
  EventHubTrigger,
  ServiceBusEntity,
  ServiceBusTrigger,
} from './host-function.ts';
import type { HostJson } from './host-json.ts';
import { readMessagingConnection } from './messaging-connection.ts';
import { readServiceBusOptions } from './service-bus-options.ts';
import { type Environment, resolveSettings } from './setting-resolution.ts';
import type { Binding } from './worker-contract.ts';

/** The consumer group of a hub that has no other. */
const DEFAULT_CONSUMER_GROUP = '$Default';

/** Throws a sentence that names the property or the setting. */
export function readServiceBusTrigger(
  bindingName: string,
  binding: Binding,
  hostJson: HostJson,
  environment: Environment,
): ServiceBusTrigger {
  const options = readServiceBusOptions(hostJson.extensions.serviceBus);
  const { autoCompleteMessages = options.autoCompleteMessages } = binding;
  return {
    type: 'serviceBusTrigger',
    ...readShared(bindingName, binding, environment),
    entity: entityOf(binding, environment),
    isSessionsEnabled: binding.isSessionsEnabled === true,
    options: { ...options, autoCompleteMessages: autoCompleteMessages !== false },
  };
}

/** Throws a sentence that names the property or the setting. */
export function readEventHubTrigger(
  bindingName: string,
  binding: Binding,
  hostJson: HostJson,
  environment: Environment,
): EventHubTrigger {
  return {
    type: 'eventHubTrigger',
    ...readShared(bindingName, binding, environment),
    eventHubName: required('eventHubName', binding, environment),
    consumerGroup: optional('consumerGroup', binding, environment) ?? DEFAULT_CONSUMER_GROUP,
    options: readEventHubOptions(hostJson.extensions.eventHubs),
  };
}

function readShared(bindingName: string, binding: Binding, environment: Environment) {
  // Pretend: SDK bindings (deferred binding) are refused.
  if (binding.sdkBinding === true) {
    throw new Error("The binding's 'sdkBinding' is not served by this local host.");
  }
  return {
    bindingName,
    connection: readMessagingConnection(binding.connection, environment),
    cardinality: oneOf('cardinality', binding.cardinality ?? 'one', ['one', 'many']),
    bodyType: bodyTypeOf(binding.dataType),
  } as const;
}

function entityOf(binding: Binding, environment: Environment): ServiceBusEntity {
  const queueName = optional('queueName', binding, environment);
  if (queueName !== undefined) return { queueName };
  return {
    topicName: required('topicName', binding, environment),
    subscriptionName: required('subscriptionName', binding, environment),
  };
}

/** Azure: a stream is read as bytes in the worker's protocol (GrpcMessageConversionExtensions.cs). */
function bodyTypeOf(dataType: unknown): BodyType {
  const type = oneOf('dataType', dataType ?? 'string', ['string', 'binary', 'stream']);
  return type === 'string' ? 'string' : 'binary';
}

function oneOf<const T extends string>(name: string, value: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === String(value).toLowerCase());
  if (found === undefined) {
    throw new Error(`The binding's '${name}' must be ${known.join(' or ')}, not '${value}'.`);
  }
  return found;
}

function optional(name: string, binding: Binding, environment: Environment): string | undefined {
  const value = binding[name];
  if (value === undefined || value === null) return undefined;
  return resolveSettings(String(value), environment).trim() || undefined;
}

function required(name: string, binding: Binding, environment: Environment): string {
  const value = optional(name, binding, environment);
  if (value === undefined) throw new Error(`The binding has no '${name}'.`);
  return value;
}
