// Namespaces, queues, topics, hubs …: what ARM shows and refuses, and what the brokers are told.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  EventHubDataPlane,
  ServiceBusDataPlane,
} from '../../../../local/azure/providers/provider.ts';
import { addIdentity } from '../../../support/open-door.ts';
import {
  type Answer,
  group,
  openResourceManager,
  roles,
  subscriptionId,
} from '../resource-manager/open-resource-manager.ts';

type Told = readonly [operation: string, ...values: readonly unknown[]];

/** Every call that a broker got, in order. */
const told: Told[] = [];
const tell =
  (operation: string) =>
  (...values: readonly unknown[]) =>
    void told.push([operation, ...values]);

const eventHubs: EventHubDataPlane = {
  putNamespace: tell('putNamespace'),
  removeNamespace: tell('removeNamespace'),
  putEventHub: tell('putEventHub'),
  removeEventHub: tell('removeEventHub'),
  putConsumerGroup: tell('putConsumerGroup'),
  removeConsumerGroup: tell('removeConsumerGroup'),
};
const counts = {
  activeMessageCount: 3,
  deadLetterMessageCount: 1,
  scheduledMessageCount: 0,
  sizeInBytes: 512,
};
const serviceBus: ServiceBusDataPlane = {
  putNamespace: tell('putNamespace'),
  removeNamespace: tell('removeNamespace'),
  putQueue: tell('putQueue'),
  removeQueue: tell('removeQueue'),
  putTopic: tell('putTopic'),
  removeTopic: tell('removeTopic'),
  putSubscription: tell('putSubscription'),
  removeSubscription: tell('removeSubscription'),
  putRule: tell('putRule'),
  removeRule: tell('removeRule'),
  countMessages: (resourceId) => (resourceId.endsWith('/queues/full') ? counts : undefined),
};
const arm = await openResourceManager({ eventHubs, serviceBus });

const VERSION = 'api-version=2021-11-01';
const busId = (path: string) => `${group}/providers/Microsoft.ServiceBus/namespaces/${path}`;
const hubId = (path: string) => `${group}/providers/Microsoft.EventHub/namespaces/${path}`;

function put(id: string, properties?: Record<string, unknown>): Promise<Answer> {
  return arm.call('PUT', `${id}?${VERSION}`, { body: { ...(properties && { properties }) } });
}

const get = (id: string) => arm.call('GET', `${id}?${VERSION}`);
const remove = (id: string) => arm.call('DELETE', `${id}?${VERSION}`);

function putNamespace(
  id: string,
  sku: Record<string, unknown> = { name: 'Standard' },
  properties: Record<string, unknown> = { disableLocalAuth: true },
): Promise<Answer> {
  const body = { location: 'eastus', sku, properties };
  return arm.call('PUT', `${id}?${VERSION}`, { body });
}

for (const [name, sku] of [
  ['bus-standard', 'Standard'],
  ['bus-basic', 'Basic'],
  ['bus-premium', 'Premium'],
] as const) {
  assert.equal((await putNamespace(busId(name), { name: sku })).status, 200);
}
for (const [name, sku] of [
  ['hub-standard', 'Standard'],
  ['hub-basic', 'Basic'],
  ['hub-premium', 'Premium'],
] as const) {
  assert.equal((await putNamespace(hubId(name), { name: sku })).status, 200);
}

/** The last call of that name. */
function lastTold(operation: string): unknown {
  return told.findLast(([name]) => name === operation)?.[1];
}

function refused(answer: Answer, text: string | RegExp, code = 'MessagingGatewayBadRequest') {
  assert.equal(answer.status, 400, answer.text);
  assert.equal(answer.body.error.code, code);
  if (typeof text === 'string') assert.ok(answer.body.error.message.includes(text), answer.text);
  else assert.match(answer.body.error.message, text);
}

describe('a namespace', () => {
  it('of Service Bus answers 200 in the order, case and display location of the recordings', async () => {
    const { status, body } = await putNamespace(busId('Bus-Shown'));
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ['sku', 'id', 'name', 'type', 'location', 'properties']);
    assert.deepEqual(body.sku, { name: 'Standard', tier: 'Standard' });
    assert.equal(body.type, 'Microsoft.ServiceBus/Namespaces');
    assert.equal(body.location, 'East US');
    assert.deepEqual(Object.keys(body.properties).slice(-8), [
      'disableLocalAuth',
      'zoneRedundant',
      'provisioningState',
      'metricId',
      'createdAt',
      'updatedAt',
      'serviceBusEndpoint',
      'status',
    ]);
    assert.equal(body.properties.disableLocalAuth, true);
    assert.equal(body.properties.metricId, `${subscriptionId}:bus-shown`);
    assert.equal(
      body.properties.serviceBusEndpoint,
      'https://Bus-Shown.servicebus.windows.net:443/',
    );
    assert.deepEqual(lastTold('putNamespace'), {
      name: 'Bus-Shown',
      resourceId: busId('Bus-Shown'),
      sku: 'Standard',
    });
  });

  it('of Event Hubs has throughput units and Kafka in the same frame', async () => {
    const { body } = await get(hubId('hub-standard'));
    assert.deepEqual(body.sku, { name: 'Standard', tier: 'Standard', capacity: 1 });
    assert.equal(body.type, 'Microsoft.EventHub/Namespaces');
    assert.deepEqual(Object.keys(body.properties).slice(2, 7), [
      'disableLocalAuth',
      'zoneRedundant',
      'isAutoInflateEnabled',
      'maximumThroughputUnits',
      'kafkaEnabled',
    ]);
  });

  it('is listed with its type as ids have it', async () => {
    const { body } = await arm.call('GET', `${group}/resources?api-version=2021-04-01`);
    const types = new Set(body.value.map(({ type }: { type: string }) => type));
    assert.ok(types.has('Microsoft.ServiceBus/namespaces'));
    assert.ok([...types].every((type) => !/queues|topics|rules|eventhubs/i.test(String(type))));
  });

  for (const name of [
    'five5',
    'a'.repeat(51),
    '1digit-first',
    'hyphen-',
    'reserved-sb',
    'some-mgmt',
    'under_score',
  ]) {
    it(`cannot be called ${name}`, async () => {
      for (const id of [busId(name), hubId(name)]) {
        refused(
          await putNamespace(id),
          'The specified service namespace is invalid.',
          'BadRequest',
        );
      }
    });
  }

  it('shares its name with no other, whichever service has it, until that is deleted', async () => {
    const taken = await putNamespace(hubId('BUS-standard'));
    refused(taken, 'The specified name is not available.', 'BadRequest');
    await putNamespace(busId('bus-passing'));
    assert.equal((await remove(busId('bus-passing'))).status, 200);
    assert.deepEqual(lastTold('removeNamespace'), 'bus-passing');
    assert.equal((await putNamespace(hubId('bus-passing'))).status, 200);
  });

  it('is checked for its name beforehand, in the same words', async () => {
    const check = async (name: string) => {
      const path = `/subscriptions/${subscriptionId}/providers/Microsoft.EventHub/CheckNameAvailability`;
      return (await arm.call('POST', `${path}?${VERSION}`, { body: { name } })).body;
    };
    assert.deepEqual(await check('quite-free'), {
      nameAvailable: true,
      reason: 'None',
      message: '',
    });
    assert.equal((await check('bus-standard')).reason, 'NameInUse');
    assert.equal((await check('no')).reason, 'InvalidName');
  });

  it('has a tier that is one, a capacity that fits, and stays premium or not', async () => {
    refused(await putNamespace(busId('bus-gold'), { name: 'Gold' }), 'Gold', 'BadRequest');
    const odd = { name: 'Premium', capacity: 3 };
    refused(await putNamespace(busId('bus-odd'), odd), 'capacity 3', 'BadRequest');
    const many = { name: 'Standard', capacity: 41 };
    refused(await putNamespace(hubId('hub-many'), many), 'capacity 41', 'BadRequest');
    const changed = await putNamespace(busId('bus-standard'), { name: 'Premium' });
    refused(changed, 'Standard tier cannot become', 'BadRequest');
    const inflated = await putNamespace(
      hubId('hub-basic'),
      { name: 'Basic' },
      { isAutoInflateEnabled: true },
    );
    refused(inflated, 'Auto-Inflate', 'BadRequest');
  });

  it('is born with a root rule and an open firewall', async () => {
    const rule = await get(busId('bus-standard/AuthorizationRules/RootManageSharedAccessKey'));
    assert.equal(rule.body.type, 'Microsoft.ServiceBus/Namespaces/AuthorizationRules');
    assert.deepEqual(rule.body.properties, { rights: ['Listen', 'Manage', 'Send'] });
    const firewall = await get(hubId('hub-standard/networkRuleSets/default'));
    assert.equal(firewall.body.type, 'Microsoft.EventHub/Namespaces/NetworkRuleSets');
    assert.deepEqual(firewall.body.properties, {
      publicNetworkAccess: 'Enabled',
      defaultAction: 'Allow',
      virtualNetworkRules: [],
      ipRules: [],
      trustedServiceAccessEnabled: false,
    });
  });

  it('has no geo-disaster recovery: refused by name', async () => {
    const pair = await put(busId('bus-premium/disasterRecoveryConfigs/pair'), {});
    refused(pair, 'geo-disaster recovery', 'PropertyNotServed');
  });
});

describe('a queue', () => {
  const queue = busId('bus-standard/queues/orders');

  it('shows Azure\u2019s defaults in the recorded order, with the location of its namespace', async () => {
    const { status, body } = await put(queue);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(Object.keys(body), ['id', 'name', 'type', 'location', 'properties']);
    assert.equal(body.type, 'Microsoft.ServiceBus/namespaces/queues');
    assert.equal(body.location, 'eastus');
    const { createdAt, updatedAt, ...shown } = body.properties;
    assert.ok(Date.parse(createdAt) <= Date.parse(updatedAt));
    assert.deepEqual(Object.entries(shown), [
      ['maxMessageSizeInKilobytes', 256],
      ['lockDuration', 'PT1M'],
      ['maxSizeInMegabytes', 1024],
      ['requiresDuplicateDetection', false],
      ['requiresSession', false],
      ['defaultMessageTimeToLive', 'P10675199DT2H48M5.4775807S'],
      ['deadLetteringOnMessageExpiration', false],
      ['enableBatchedOperations', true],
      ['duplicateDetectionHistoryTimeWindow', 'PT10M'],
      ['maxDeliveryCount', 10],
      ['sizeInBytes', 0],
      ['messageCount', 0],
      ['status', 'Active'],
      ['autoDeleteOnIdle', 'P10675199DT2H48M5.4775807S'],
      ['enablePartitioning', false],
      ['enableExpress', false],
      [
        'countDetails',
        {
          activeMessageCount: 0,
          deadLetterMessageCount: 0,
          scheduledMessageCount: 0,
          transferMessageCount: 0,
          transferDeadLetterMessageCount: 0,
        },
      ],
      ['accessedAt', '0001-01-01T00:00:00'],
    ]);
  });

  it('reaches the broker with every setting in milliseconds, and with clients\u2019 spelling of its name', async () => {
    await put(busId('bus-standard/queues/desk~incoming'), {
      lockDuration: 'PT45S',
      defaultMessageTimeToLive: '14.00:00:00',
      maxDeliveryCount: 3,
      requiresSession: true,
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindow: 'P7D',
      deadLetteringOnMessageExpiration: true,
      maxSizeInMegabytes: 5120,
      status: 'SendDisabled',
    });
    assert.deepEqual(lastTold('putQueue'), {
      namespaceName: 'bus-standard',
      name: 'desk/incoming',
      resourceId: busId('bus-standard/queues/desk~incoming'),
      status: 'SendDisabled',
      defaultMessageTimeToLiveMs: 14 * 86_400_000,
      lockDurationMs: 45_000,
      maxDeliveryCount: 3,
      requiresSession: true,
      deadLetteringOnMessageExpiration: true,
      maxSizeInMegabytes: 5120,
      maxMessageSizeInKilobytes: 256,
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindowMs: 7 * 86_400_000,
    });
    await remove(busId('bus-standard/queues/desk~incoming'));
    assert.deepEqual(told.at(-1), ['removeQueue', 'bus-standard', 'desk/incoming']);
  });

  it('shows what lies in it at each GET and in the list', async () => {
    await put(busId('bus-standard/queues/full'));
    const { properties } = (await get(busId('bus-standard/queues/full'))).body;
    assert.equal(properties.messageCount, 4);
    assert.equal(properties.sizeInBytes, 512);
    assert.equal(properties.countDetails.activeMessageCount, 3);
    const { value } = (await get(busId('bus-standard/queues'))).body;
    const listed = value.find(({ name }: { name: string }) => name === 'full');
    assert.equal(listed.properties.countDetails.deadLetterMessageCount, 1);
  });

  for (const [properties, text] of [
    [
      { lockDuration: 'PT5M1S' },
      "exceeds the allowed maximum of '5' minutes.\nParameter name: LockDuration\nActual value was 00:05:01.",
    ],
    [{ lockDuration: 'PT1S' }, 'must be between 00:00:05 and 00:05:00'],
    [{ duplicateDetectionHistoryTimeWindow: 'P7DT1S' }, 'must be between 00:00:20 and 7.00:00:00'],
    [{ duplicateDetectionHistoryTimeWindow: 'PT19S' }, 'must be between 00:00:20'],
    [{ defaultMessageTimeToLive: 'PT0.5S' }, 'must be between 00:00:01'],
    [{ autoDeleteOnIdle: 'PT4M' }, 'must be between 00:05:00'],
    [{ lockDuration: 'soon' }, 'is not a duration'],
    [{ maxDeliveryCount: 0 }, 'must be between 1 and 2000'],
    [{ maxDeliveryCount: 2.5 }, 'must be between 1 and 2000'],
    [
      { maxSizeInMegabytes: 16384 },
      'must be one of the following values: 1024;2048;3072;4096;5120.',
    ],
    [{ maxMessageSizeInKilobytes: 1024 }, 'Bad Request.'],
    [{ status: 'Sleeping' }, "'Sleeping'"],
  ] as const) {
    it(`refuses ${JSON.stringify(properties)} and tells the broker nothing`, async () => {
      const before = told.length;
      refused(await put(busId('bus-standard/queues/bad'), properties), text);
      assert.equal(told.length, before);
      assert.equal((await get(busId('bus-standard/queues/bad'))).status, 404);
    });
  }

  it('refuses in the broker\u2019s frame: sub-code, tracking id, entity', async () => {
    const answer = await put(busId('bus-standard/queues/bad'), { lockDuration: 'PT10M' });
    refused(
      answer,
      /^SubCode=40000\. [\s\S]+ To know more visit https:\/\/aka\.ms\/sbResourceMgrExceptions\. \. TrackingId:[0-9a-f-]{36}_G0, SystemTracker:bus-standard\.servicebus\.windows\.net:bad, Timestamp:[\d:T-]{19}$/,
    );
  });

  for (const name of ['sp%20ace', '~first', 'a~~b']) {
    it(`cannot be called ${name.slice(0, 12)}`, async () => {
      refused(await put(busId(`bus-standard/queues/${name}`)), /character/);
    });
  }

  for (const name of ['forwardTo', 'forwardDeadLetteredMessagesTo']) {
    it(`does not forward: ${name} is refused by name`, async () => {
      const answer = await put(busId('bus-standard/queues/bad'), { [name]: 'orders' });
      refused(answer, `'${name}'`, 'PropertyNotServed');
    });
  }

  it('cannot change what is settled at creation; left out, it stays', async () => {
    const id = busId('bus-standard/queues/settled');
    await put(id, { requiresDuplicateDetection: true });
    refused(
      await put(id, { requiresDuplicateDetection: false }),
      'existing Queue cannot be changed',
    );
    refused(await put(id, { requiresSession: true }), 'existing Queue cannot be changed');
    const { body } = await put(id, { maxDeliveryCount: 5 });
    assert.equal(body.properties.requiresDuplicateDetection, true);
    assert.equal(body.properties.maxDeliveryCount, 5);
  });

  it('takes back in a PATCH what a GET showed', async () => {
    const id = busId('bus-standard/queues/orders');
    const patch = { properties: { maxDeliveryCount: 7 } };
    const { status, body } = await arm.call('PATCH', `${id}?${VERSION}`, { body: patch });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.properties.maxDeliveryCount, 7);
  });

  it('has no topic\u2019s name', async () => {
    await put(busId('bus-standard/topics/shared'));
    refused(await put(busId('bus-standard/queues/shared')), 'Bad Request.');
  });

  it('on the Basic tier lives at most 14 days and has none of the finer things', async () => {
    const plain = await put(busId('bus-basic/queues/plain'));
    assert.equal(plain.body.properties.defaultMessageTimeToLive, 'P14D');
    refused(
      await put(busId('bus-basic/queues/bad'), { defaultMessageTimeToLive: 'P15D' }),
      "must be between 00:00:01 and 14.00:00:00 when the namespace 'bus-basic' is using 'Basic' tier.",
    );
    for (const [name, value] of [
      ['RequiresDuplicateDetection', true],
      ['RequiresSession', true],
      ['AutoDeleteOnIdle', 'P1D'],
    ] as const) {
      const given = { [`${name[0]?.toLowerCase()}${name.slice(1)}`]: value };
      refused(
        await put(busId('bus-basic/queues/bad'), given),
        `The property '${name}' cannot be set when creating a Queue because the namespace 'bus-basic' is using 'Basic' tier.`,
      );
    }
  });

  it('on the Premium tier takes large messages and large sizes', async () => {
    const large = { maxMessageSizeInKilobytes: 102_400, maxSizeInMegabytes: 81_920 };
    const { body } = await put(busId('bus-premium/queues/large'), large);
    assert.equal(body.properties.maxMessageSizeInKilobytes, 102_400);
  });
});

describe('a topic', () => {
  const topic = busId('bus-standard/topics/news');

  it('is refused on the Basic tier, in Azure\u2019s words', async () => {
    refused(
      await put(busId('bus-basic/topics/news')),
      "SubCode=40000. Cannot operate on type Topic because the namespace 'bus-basic' is using 'Basic' tier.",
    );
  });

  it('has subscriptions, each born with a rule that takes everything', async () => {
    await put(topic, {
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindow: 'P7D',
    });
    const { body } = await put(`${topic}/subscriptions/all`, {
      deadLetteringOnMessageExpiration: true,
    });
    assert.deepEqual(Object.keys(body.properties), [
      'isClientAffine',
      'lockDuration',
      'requiresSession',
      'defaultMessageTimeToLive',
      'deadLetteringOnMessageExpiration',
      'deadLetteringOnFilterEvaluationExceptions',
      'messageCount',
      'maxDeliveryCount',
      'status',
      'enableBatchedOperations',
      'createdAt',
      'updatedAt',
      'accessedAt',
      'countDetails',
      'autoDeleteOnIdle',
    ]);
    assert.equal((await get(topic)).body.properties.subscriptionCount, 1);
    const { value } = (await get(`${topic}/subscriptions/all/rules`)).body;
    assert.deepEqual(
      value.map(({ name, properties }: Answer['body']) => [
        name,
        properties.sqlFilter.sqlExpression,
      ]),
      [['$Default', '1=1']],
    );
  });

  it('keeps $Default beside an added rule, and loses it when it is deleted', async () => {
    const rules = `${topic}/subscriptions/vaults/rules`;
    await put(`${topic}/subscriptions/vaults`);
    const filter = {
      filterType: 'SqlFilter',
      sqlFilter: { sqlExpression: "resourceType = 'microsoft.keyvault/vaults'" },
    };
    const { body } = await put(`${rules}/only-vaults`, filter);
    assert.deepEqual(body.properties, {
      action: {},
      filterType: 'SqlFilter',
      sqlFilter: { ...filter.sqlFilter, compatibilityLevel: 20, parameters: {} },
    });
    assert.equal((await get(rules)).body.value.length, 2);
    await remove(`${rules}/$Default`);
    assert.deepEqual(told.at(-1), [
      'removeRule',
      {
        namespaceName: 'bus-standard',
        topicName: 'news',
        subscriptionName: 'vaults',
        name: '$Default',
      },
    ]);
    assert.equal((await get(rules)).body.value.length, 1);
  });

  it('replaces $Default by a correlation filter of that name', async () => {
    await put(`${topic}/subscriptions/paid`);
    const correlationFilter = { label: 'invoice', properties: { state: 'paid' } };
    await put(`${topic}/subscriptions/paid/rules/$Default`, {
      filterType: 'CorrelationFilter',
      correlationFilter,
    });
    assert.deepEqual(lastTold('putRule'), {
      namespaceName: 'bus-standard',
      topicName: 'news',
      subscriptionName: 'paid',
      name: '$Default',
      filter: { kind: 'correlation', system: { label: 'invoice' }, properties: { state: 'paid' } },
    });
    const { value } = (await get(`${topic}/subscriptions/paid/rules`)).body;
    assert.deepEqual(
      value.map(({ properties }: Answer['body']) => properties.correlationFilter),
      [correlationFilter],
    );
  });

  it('refuses a filter that says nothing, one that is too long, one of no kind, and an action', async () => {
    const rule = `${topic}/subscriptions/all/rules/bad`;
    refused(
      await put(rule, { filterType: 'CorrelationFilter', correlationFilter: {} }),
      'at least one',
    );
    refused(
      await put(rule, { sqlFilter: { sqlExpression: 'a'.repeat(1025) } }),
      'longer than 1024',
    );
    refused(await put(rule, { filterType: 'Bloom' }), 'not known');
    const action = { action: { sqlExpression: 'SET a = 1' } };
    refused(await put(rule, action), 'a filter action', 'PropertyNotServed');
  });

  it('has subscriptions with names of at most 50 characters', async () => {
    refused(await put(`${topic}/subscriptions/${'s'.repeat(51)}`), "'50' character limit");
    assert.equal((await put(`${topic}/subscriptions/${'s'.repeat(50)}`)).status, 200);
  });

  it('takes everything below it along when it goes', async () => {
    const passing = busId('bus-standard/topics/passing');
    await put(passing);
    await put(`${passing}/subscriptions/all`);
    await remove(passing);
    assert.equal((await get(`${passing}/subscriptions/all`)).status, 404);
    assert.deepEqual(told.at(-1), ['removeTopic', 'bus-standard', 'passing']);
  });
});

describe('an event hub', () => {
  const hub = hubId('hub-standard/eventhubs/stream');

  it('has four partitions and seven days unless told otherwise, and the group $Default', async () => {
    const { status, body } = await put(hub);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(Object.keys(body.properties), [
      'retentionDescription',
      'messageRetentionInDays',
      'partitionCount',
      'status',
      'createdAt',
      'updatedAt',
      'partitionIds',
    ]);
    assert.deepEqual(body.properties.partitionIds, ['0', '1', '2', '3']);
    assert.equal(body.properties.retentionDescription.retentionTimeInHours, 168);
    const { value } = (await get(`${hub}/consumergroups`)).body;
    assert.deepEqual(
      value.map(({ name }: { name: string }) => name),
      ['$Default'],
    );
  });

  it('reaches the broker with partitions, hours and status, and its groups one by one', async () => {
    const id = hubId('hub-standard/eventhubs/told');
    const retentionDescription = { cleanupPolicy: 'Delete', retentionTimeInHours: 36 };
    await put(id, { partitionCount: 2, retentionDescription });
    assert.deepEqual(lastTold('putEventHub'), {
      namespaceName: 'hub-standard',
      name: 'told',
      resourceId: id,
      partitionCount: 2,
      retentionHours: 36,
      status: 'Active',
    });
    const { body } = await put(`${id}/consumergroups/archive`, { userMetadata: 'mine' });
    assert.deepEqual(Object.keys(body.properties), ['createdAt', 'updatedAt', 'userMetadata']);
    assert.deepEqual(lastTold('putConsumerGroup'), {
      namespaceName: 'hub-standard',
      eventHubName: 'told',
      name: 'archive',
      resourceId: `${id}/consumergroups/archive`,
    });
    await remove(`${id}/consumergroups/archive`);
    assert.deepEqual(told.at(-1), ['removeConsumerGroup', 'hub-standard', 'told', 'archive']);
  });

  for (const [properties, text] of [
    [{ partitionCount: 0 }, 'must be between 1 and 32'],
    [{ partitionCount: 33 }, 'must be between 1 and 32'],
    [
      { messageRetentionInDays: 8 },
      "The value '8' for MessageRetentionInDays is not valid for the Standard tier.",
    ],
    [{ messageRetentionInDays: 0 }, "The value '0' for MessageRetentionInDays"],
    [
      { retentionDescription: { retentionTimeInHours: 169 } },
      "The value '169' for RetentionTimeInHours",
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(properties)}`, async () => {
      refused(await put(hubId('hub-standard/eventhubs/bad'), properties), text);
    });
  }

  it('reads names in capitals and numbers as text, as the oldest templates have them', async () => {
    const { body } = await put(hubId('hub-standard/eventhubs/old'), {
      path: 'old',
      MessageRetentionInDays: '3',
      PartitionCount: '2',
    });
    assert.equal(body.properties.messageRetentionInDays, 3);
    assert.equal(body.properties.partitionCount, 2);
  });

  it('refuses by name what is not served: capture and compaction', async () => {
    const bad = hubId('hub-standard/eventhubs/bad');
    const capture = { captureDescription: { enabled: true } };
    refused(await put(bad, capture), 'captureDescription', 'PropertyNotServed');
    const compact = { retentionDescription: { cleanupPolicy: 'Compact' } };
    refused(await put(bad, compact), 'Compact', 'PropertyNotServed');
  });

  it('keeps its number of partitions, unless it is Premium and grows', async () => {
    refused(
      await put(hub, { partitionCount: 5 }),
      'PartitionCount can only be changed on a Dedicated Event Hub cluster or Premium namespace.',
    );
    const premium = hubId('hub-premium/eventhubs/grows');
    await put(premium, { partitionCount: 40, messageRetentionInDays: 90 });
    assert.equal((await put(premium, { partitionCount: 50 })).status, 200);
    refused(await put(premium, { partitionCount: 49 }), 'cannot be reduced');
  });

  it('on the Basic tier keeps events for a day, which has to be said, and has one group', async () => {
    const basic = hubId('hub-basic/eventhubs/plain');
    refused(
      await put(basic),
      "The value '7' for MessageRetentionInDays is not valid for the Basic tier.",
    );
    assert.equal((await put(basic, { messageRetentionInDays: 1 })).status, 200);
    for (const name of ['mine', '$Default']) {
      refused(
        await put(`${basic}/consumergroups/${name}`),
        "'ConsumerGroup' because the namespace 'hub-basic' is using 'Basic' tier.",
      );
    }
  });

  it('is one of ten at most, with twenty groups at most', async () => {
    await putNamespace(hubId('hub-crowded'));
    for (let index = 0; index < 10; index++) {
      assert.equal((await put(hubId(`hub-crowded/eventhubs/h${index}`))).status, 200);
    }
    const eleventh = await put(hubId('hub-crowded/eventhubs/h10'));
    assert.equal(eleventh.status, 409);
    assert.match(eleventh.body.error.message, /SubCode=40300\. .*EventHub.*Max allowed: 10/);
    for (let index = 1; index < 20; index++) {
      assert.equal(
        (await put(hubId(`hub-crowded/eventhubs/h0/consumergroups/g${index}`))).status,
        200,
      );
    }
    assert.equal((await put(hubId('hub-crowded/eventhubs/h0/consumergroups/g20'))).status, 409);
  });

  it('and its groups have names of letters, digits and a few signs', async () => {
    refused(await put(hubId('hub-standard/eventhubs/-dash')), 'no name of an event hub');
    refused(await put(`${hub}/consumergroups/${'g'.repeat(51)}`), 'no name of a consumer group');
  });
});

describe('an authorization rule', () => {
  const rule = busId('bus-standard/queues/orders/authorizationRules/sender');

  it('shows its rights, and its keys only to listKeys, in the recorded form', async () => {
    const { body } = await put(rule, { rights: ['Send'] });
    assert.equal(body.type, 'Microsoft.ServiceBus/namespaces/queues/authorizationrules');
    assert.deepEqual(body.properties, { rights: ['Send'] });
    const keys = (await arm.call('POST', `${rule}/listKeys?${VERSION}`)).body;
    assert.deepEqual(Object.keys(keys), [
      'primaryConnectionString',
      'secondaryConnectionString',
      'primaryKey',
      'secondaryKey',
      'keyName',
    ]);
    assert.equal(
      keys.primaryConnectionString,
      `Endpoint=sb://bus-standard.servicebus.windows.net/;SharedAccessKeyName=sender;SharedAccessKey=${keys.primaryKey};EntityPath=orders`,
    );
    assert.ok(
      ![JSON.stringify(arm.journal.since()), (await get(rule)).text]
        .join()
        .includes(keys.primaryKey),
    );
    const body2 = { keyType: 'PrimaryKey' };
    const anew = (await arm.call('POST', `${rule}/regenerateKeys?${VERSION}`, { body: body2 }))
      .body;
    assert.notEqual(anew.primaryKey, keys.primaryKey);
    assert.equal(anew.secondaryKey, keys.secondaryKey);
  });

  it('is not told to a reader', async () => {
    const reader = addIdentity(arm, [{ roleId: roles.reader, scope: group }]);
    const answer = await arm.call('POST', `${rule}/listKeys?${VERSION}`, { caller: reader });
    assert.equal(answer.status, 403);
    assert.match(answer.body.error.message, /authorizationRules\/listKeys\/action/i);
  });

  it('needs rights that are some, and Send and Listen with Manage', async () => {
    for (const rights of [[], ['Peek'], ['Manage', 'Send']]) {
      refused(await put(rule, { rights }), /rights|Manage permission/, 'BadRequest');
    }
  });

  it('that is not there is not found in Azure\u2019s words', async () => {
    const { status, body } = await get(hubId('hub-standard/AuthorizationRules/none'));
    assert.equal(status, 404);
    assert.deepEqual(body.error, {
      code: 'AuthorizationRuleNotFound',
      message: 'Authorization rule not found',
    });
  });
});
