// Which Service Bus and Event Hubs functions can run, and with what: bindings, connections, host.json.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  EventHubTrigger,
  HostFunction,
  ServiceBusTrigger,
} from '../../../local/functions-host/host-function.ts';
import type { HostJson } from '../../../local/functions-host/host-json.ts';
import { indexFunctions } from '../../../local/functions-host/index-functions.ts';
import type { Binding } from '../../../local/functions-host/worker-contract.ts';

const ENVIRONMENT = {
  Bus__fullyQualifiedNamespace: 'sb.servicebus.windows.net',
  Bus__credential: 'managedIdentity',
  Bus__clientId: 'client',
  QUEUE: 'orders',
};
const HOST_JSON: HostJson = {
  routePrefix: 'api',
  functionTimeoutMs: 1000,
  logLevels: {},
  hasExtensionBundle: true,
  extensions: { serviceBus: undefined, eventHubs: undefined },
};

interface Changes {
  readonly hasExtensionBundle?: boolean;
  readonly serviceBus?: unknown;
  readonly eventHubs?: unknown;
}

const withChanges = ({ hasExtensionBundle = true, serviceBus, eventHubs }: Changes): HostJson => ({
  ...HOST_JSON,
  hasExtensionBundle,
  extensions: { serviceBus, eventHubs },
});

function index(
  bindings: Record<string, Binding>,
  hostJson: Changes = {},
  environment: Record<string, string> = ENVIRONMENT,
) {
  const registered = {
    metadata: { name: 'fn', functionId: 'fn', bindings },
    callback: () => undefined,
    scriptFile: undefined,
  };
  return indexFunctions([registered], withChanges(hostJson), environment);
}

function triggerOf(binding: Partial<Binding>, hostJson: Changes = {}): HostFunction['trigger'] {
  const trigger = { type: 'serviceBusTrigger', connection: 'Bus', queueName: 'q', ...binding };
  const { functions, errors } = index({ trigger }, hostJson);
  assert.deepEqual(errors, []);
  assert.ok(functions[0]);
  return functions[0].trigger;
}

function busTriggerOf(binding: Partial<Binding>, serviceBus?: unknown): ServiceBusTrigger {
  const trigger = triggerOf(binding, { serviceBus });
  assert.ok(trigger.type === 'serviceBusTrigger');
  return trigger;
}

const HUB_BINDING = { type: 'eventHubTrigger', eventHubName: '%QUEUE%', queueName: undefined };

function hubTriggerOf(binding: Partial<Binding>, eventHubs?: unknown): EventHubTrigger {
  const trigger = triggerOf({ ...HUB_BINDING, ...binding }, { eventHubs });
  assert.ok(trigger.type === 'eventHubTrigger');
  return trigger;
}

function errorOf(
  binding: Partial<Binding>,
  hostJson: Changes = {},
  environment: Record<string, string> = ENVIRONMENT,
): string {
  const trigger = { type: 'serviceBusTrigger', connection: 'Bus', queueName: 'q', ...binding };
  const { functions, errors } = index({ trigger }, hostJson, environment);
  assert.deepEqual(functions, []);
  return errors[0]?.message ?? '';
}

describe('a Service Bus trigger', () => {
  it('has names from settings, the connection, and the defaults', () => {
    const trigger = busTriggerOf({ queueName: '%QUEUE%' });
    assert.deepEqual(trigger.entity, { queueName: 'orders' });
    assert.deepEqual(trigger.connection, {
      fullyQualifiedNamespace: 'sb.servicebus.windows.net',
      usesManagedIdentity: true,
      clientId: 'client',
    });
    const { cardinality, bodyType, isSessionsEnabled, options } = trigger;
    assert.deepEqual([cardinality, bodyType, isSessionsEnabled], ['one', 'string', false]);
    const { maxConcurrentCalls, ...rest } = options;
    assert.equal(maxConcurrentCalls % 16, 0);
    assert.deepEqual(rest, {
      autoCompleteMessages: true,
      maxAutoLockRenewalMs: 300_000,
      maxConcurrentSessions: 8,
      maxConcurrentCallsPerSession: 1,
      maxMessageBatchSize: 1000,
      sessionIdleMs: 60_000,
    });
    const subscription = busTriggerOf({
      queueName: undefined,
      topicName: 't',
      subscriptionName: 's',
    });
    assert.deepEqual(subscription.entity, { topicName: 't', subscriptionName: 's' });
  });

  it('takes host.json, in any case, and in its older form', () => {
    const options = (serviceBus: unknown) => busTriggerOf({}, serviceBus).options;
    assert.equal(options({ MaxConcurrentCalls: 2 }).maxConcurrentCalls, 2);
    assert.equal(options({ maxAutoLockRenewalDuration: '00:10:00' }).maxAutoLockRenewalMs, 600_000);
    assert.equal(
      options({ maxAutoLockRenewalDuration: '-00:00:00.0010000' }).maxAutoLockRenewalMs,
      Number.POSITIVE_INFINITY,
    );
    assert.equal(
      options({ messageHandlerOptions: { autoComplete: false } }).autoCompleteMessages,
      false,
    );
    assert.equal(options({ autoCompleteMessages: 'true' }).autoCompleteMessages, true);
  });

  it("prefers the binding's autoCompleteMessages", () => {
    assert.equal(busTriggerOf({ autoCompleteMessages: false }).options.autoCompleteMessages, false);
    const serviceBus = { autoCompleteMessages: false };
    const trigger = busTriggerOf({ autoCompleteMessages: true }, serviceBus);
    assert.equal(trigger.options.autoCompleteMessages, true);
  });

  it('is in error for a setting of host.json that is wrong or not served', () => {
    for (const [serviceBus, message] of [
      [
        { maxConcurrentCalls: 0 },
        /extensions\.serviceBus\.maxConcurrentCalls must be a whole number of at least 1, not 0/,
      ],
      [{ maxAutoLockRenewalDuration: 'long' }, /maxAutoLockRenewalDuration must be a time span/],
      [
        { minMessageBatchSize: 5 },
        /extensions\.serviceBus\.minMessageBatchSize is not served by this local host/,
      ],
      [{ transportType: 'amqpWebSockets' }, /transportType is not served/],
    ] as const) {
      assert.match(errorOf({}, { serviceBus }), message);
    }
  });

  it('is in error by name without an extension bundle', () => {
    assert.match(
      errorOf({}, { hasExtensionBundle: false }),
      /^The binding type\(s\) 'serviceBusTrigger' are not registered\. .*extensionBundle/,
    );
  });

  it('is in error without its connection, names or with what this host does not do', () => {
    assert.match(errorOf({ connection: 'Other' }), /set Other__fullyQualifiedNamespace/);
    assert.match(errorOf({ connection: undefined }), /has no 'connection'/);
    assert.match(errorOf({ queueName: '%NONE%' }), /'%NONE%' does not resolve to a value\./);
    assert.match(errorOf({ queueName: undefined, topicName: 't' }), /has no 'subscriptionName'/);
    assert.match(errorOf({ cardinality: 'some' }), /'cardinality' must be one or many/);
    assert.match(errorOf({ sdkBinding: true }), /'sdkBinding' is not served/);
  });

  it('is in error for a connection string, and the sentence does not hold it', () => {
    const secret = 'Endpoint=sb://x/;SharedAccessKeyName=k;SharedAccessKey=hidden';
    const bySetting = errorOf({}, {}, { Bus: secret });
    assert.match(bySetting, /The setting 'Bus' is a connection string/);
    const byBinding = errorOf({ connection: secret });
    assert.match(byBinding, /'connection' is a connection string/);
    assert.doesNotMatch(bySetting + byBinding, /hidden/);
  });
});

describe('an Event Hubs trigger', () => {
  it('has names from settings and the defaults', () => {
    const trigger = hubTriggerOf({ cardinality: 'many' });
    const { eventHubName, consumerGroup, cardinality, options } = trigger;
    assert.deepEqual([eventHubName, consumerGroup, cardinality], ['orders', '$Default', 'many']);
    assert.deepEqual(options, {
      maxEventBatchSize: 100,
      prefetchCount: 300,
      batchCheckpointFrequency: 1,
      initialOffset: { type: 'fromStart' },
      loadBalancingUpdateMs: 10_000,
      partitionOwnershipExpirationMs: 60_000,
    });
  });

  it('begins where host.json says', () => {
    const offset = (initialOffsetOptions: object) =>
      hubTriggerOf({}, { initialOffsetOptions }).options.initialOffset;
    assert.deepEqual(offset({ type: 'fromEnd' }), { type: 'fromEnd' });
    assert.deepEqual(
      offset({ type: 'FromEnqueuedTime', enqueuedTimeUtc: '2026-11-25T00:00:00Z' }),
      {
        type: 'fromEnqueuedTime',
        enqueuedTimeMs: Date.UTC(2026, 10, 25),
      },
    );
    const initialOffsetOptions = { type: 'fromEnqueuedTime' };
    assert.match(
      errorOf(HUB_BINDING, { eventHubs: { initialOffsetOptions } }),
      /A time must be specified/,
    );
  });

  it('is in error for what this host does not do', () => {
    assert.match(
      errorOf(HUB_BINDING, { eventHubs: { minEventBatchSize: 5 } }),
      /minEventBatchSize is not served/,
    );
    assert.match(errorOf({ ...HUB_BINDING, eventHubName: undefined }), /has no 'eventHubName'/);
  });
});

describe('an output binding', () => {
  it('is refused by name', () => {
    for (const type of ['serviceBus', 'eventHub']) {
      const { errors } = index({
        trigger: { type: 'serviceBusTrigger', connection: 'Bus', queueName: 'q' },
        out: { type, direction: 'out' },
      });
      assert.equal(
        errors[0]?.message,
        `The output binding type '${type}' is not served by this local host.`,
      );
    }
  });
});
