// The two clients on the embedded brokers: unmodified SDKs, genuine tokens, a role taken and given back, silence.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, describe, it } from 'node:test';
import type { TokenCredential } from '@azure/core-auth';
import { within } from '../../../shared/deadline.ts';
import type { AppError } from '../../../shared/errors.ts';
import { createEventHub } from '../../../shared/event-hubs.ts';
import type { OutgoingMessage } from '../../../shared/messaging/outgoing-message.ts';
import { createServiceBus } from '../../../shared/service-bus.ts';
import { addIdentity, credentialOf, grant, useLocalAzure } from '../../support/local-azure.ts';
import { deployApp } from '../deployed-app.ts';

const azure = await useLocalAzure();
const app = await deployApp(azure, { messaging: true });
const {
  EVENT_HUBS_NAMESPACE: hubs = '',
  EVENT_HUB: hub = '',
  SERVICE_BUS_NAMESPACE: bus = '',
  SERVICE_BUS_TOPIC: topic = '',
  SERVICE_BUS_SUBSCRIPTION: subscription = '',
  SERVICE_BUS_REQUEST_QUEUE: queue = '',
} = app.settings;

const idOf = (host: string, path: string) => {
  const provider = host === hubs ? 'Microsoft.EventHub' : 'Microsoft.ServiceBus';
  return `${app.groupId}/providers/${provider}/namespaces/${host.split('.')[0]}/${path}`;
};
const hubId = idOf(hubs, `eventhubs/${hub}`);
const topicId = idOf(bus, `topics/${topic}`);

let count = 0;

/** An identity of its own with these roles, and the app's clients for it. */
function clientsWith(...roles: readonly (readonly [role: string, scope: string])[]) {
  const principal = addIdentity(azure, `id-test-${++count}`);
  const revokes = roles.map(([role, scope]) => grant(azure, principal, role, scope));
  const credential = credentialOf(azure, principal);
  const inHand = () => principal.principalId;
  const eventHub = createEventHub({ namespace: hubs, hub }, credential, inHand);
  const serviceBus = createServiceBus(bus, credential, inHand);
  const revoke = () => {
    for (const one of revokes) one();
  };
  after(() => Promise.all([eventHub.close(), serviceBus.close()]));
  return { principal, eventHub, serviceBus, revoke };
}

const HUB_SENDER = ['Azure Event Hubs Data Sender', hubId] as const;
const TOPIC_SENDER = ['Azure Service Bus Data Sender', topicId] as const;
const PEEKER = [
  'Azure Service Bus Data Receiver',
  `${topicId}/subscriptions/${subscription}`,
] as const;

function message(id: string, partitionKey?: string, bytes = 20): OutgoingMessage {
  return {
    eventId: id,
    messageId: id,
    body: Buffer.alloc(bytes, 0x20),
    contentType: 'application/json',
    ...(partitionKey === undefined ? {} : { partitionKey }),
    subject: 'test',
    properties: { eventType: 'test' },
  };
}

/** Sends by one of the clients; gives the ids that were taken. */
async function send(
  prepared: Promise<{ send(on: (taken: readonly OutgoingMessage[]) => void): Promise<void> }>,
): Promise<string[]> {
  const taken: string[] = [];
  await (await prepared).send((messages) => taken.push(...messages.map(({ eventId }) => eventId)));
  return taken;
}

/** The refusal, which comes within `limitMs`. */
async function refusal(call: () => Promise<unknown>, limitMs = 3_000): Promise<AppError> {
  const started = performance.now();
  const error = await call().then(
    () => assert.fail('it was not refused'),
    (thrown: AppError) => thrown,
  );
  const took = performance.now() - started;
  assert.ok(took < limitMs, `${took} ms: ${error}`);
  assert.ok(error.message.length > 10 && error.nextStep.length > 5);
  return error;
}

describe('an identity with its roles', () => {
  it('sends to the hub, in batches of one key each', async () => {
    const { eventHub } = clientsWith(HUB_SENDER);
    const messages = Array.from({ length: 50 }, (_, index) =>
      message(`e${index}`, `k${index % 5}`),
    );
    assert.equal((await send(eventHub.prepare(messages))).length, 50);
  });

  it('sends to the topic, and peeks at its subscription what it has sent', async () => {
    const { serviceBus } = clientsWith(TOPIC_SENDER, PEEKER);
    const ids = Array.from({ length: 30 }, (): string => crypto.randomUUID());
    await send(
      serviceBus.prepare(
        topic,
        ids.map((id) => message(id)),
      ),
    );
    const peek = () => serviceBus.peek(topic, subscription, { max: 100, deadLetter: false });
    const peeked = await peek();
    assert.deepEqual(
      peeked.map(({ messageId }) => messageId).filter((id) => ids.includes(String(id))),
      ids,
    );
    assert.deepEqual(await peek(), peeked, 'from the beginning each time, and nothing is taken');
    const [first] = peeked;
    assert.equal(first?.subject, 'test');
    assert.deepEqual(first?.applicationProperties, { eventType: 'test' });
    assert.equal(first?.expiresAt, undefined);
    assert.equal(
      (await serviceBus.peek(topic, subscription, { max: 2, deadLetter: false })).length,
      2,
    );
    assert.deepEqual(await serviceBus.peek(topic, subscription, { max: 2, deadLetter: true }), []);
  });

  it('finds out before anything is sent what is too large', async () => {
    const { eventHub, serviceBus } = clientsWith(HUB_SENDER, TOPIC_SENDER);
    const messages = [message('small'), message('large', undefined, 300_000)];
    assert.deepEqual((await eventHub.prepare(messages)).tooLarge, []);
    const { tooLarge } = await serviceBus.prepare(topic, messages);
    assert.deepEqual(
      tooLarge.map(({ eventId }) => eventId),
      ['large'],
    );
    const huge = await eventHub.prepare([message('huge', undefined, 1_100_000)]);
    assert.equal(huge.tooLarge.length, 1);
  });
});

describe('without its role it is refused in time, and told which one', () => {
  const cases = {
    'to send to the hub': [
      [TOPIC_SENDER, PEEKER, ['Azure Event Hubs Data Receiver', hubId]],
      ({ eventHub }) => eventHub.prepare([message('x')]),
      ['Microsoft.EventHub/namespaces/messages/send/action', `sb://${hubs}/${hub}`],
      'Azure Event Hubs Data Sender',
    ],
    'to send to the topic': [
      [HUB_SENDER, PEEKER],
      ({ serviceBus }) => serviceBus.prepare(topic, [message('x')]),
      ['Microsoft.ServiceBus/namespaces/messages/send/action', `sb://${bus}/${topic}`],
      'Azure Service Bus Data Sender',
    ],
    'to send to the queue': [
      [TOPIC_SENDER],
      ({ serviceBus }) => serviceBus.prepare(queue, [message('x')]),
      ['Microsoft.ServiceBus/namespaces/messages/send/action', `sb://${bus}/${queue}`],
      'Azure Service Bus Data Sender',
    ],
    'to peek at the subscription': [
      [TOPIC_SENDER],
      ({ serviceBus }) => serviceBus.peek(topic, subscription, { max: 1, deadLetter: false }),
      [
        'Microsoft.ServiceBus/namespaces/messages/receive/action',
        `sb://${bus}/${topic}/subscriptions/${subscription}`,
      ],
      'Azure Service Bus Data Receiver',
    ],
  } satisfies Record<
    string,
    readonly [
      roles: readonly (readonly [string, string])[],
      call: (clients: ReturnType<typeof clientsWith>) => Promise<unknown>,
      refused: readonly [action: string, scope: string],
      role: string,
    ]
  >;
  for (const [name, [roles, call, [action, scope], role]] of Object.entries(cases)) {
    it(name, async () => {
      const clients = clientsWith(...(roles as (readonly [string, string])[]));
      const { code, access } = await refusal(() => call(clients));
      assert.equal(code, 'ACCESS_DENIED');
      assert.equal(access?.principalId, clients.principal.principalId);
      assert.equal(access?.action, action);
      assert.equal(access?.scope.toLowerCase(), scope.toLowerCase());
      assert.equal(access?.role, role);
    });
  }

  it('and flows again with the same clients when it gets the role', async () => {
    const { principal, eventHub, serviceBus } = clientsWith();
    assert.equal((await refusal(() => eventHub.prepare([message('x')]))).code, 'ACCESS_DENIED');
    assert.equal(
      (await refusal(() => serviceBus.prepare(topic, [message('x')]))).code,
      'ACCESS_DENIED',
    );
    grant(azure, principal, ...HUB_SENDER);
    grant(azure, principal, ...TOPIC_SENDER);
    assert.deepEqual(await send(eventHub.prepare([message('y')])), ['y']);
    assert.deepEqual(await send(serviceBus.prepare(topic, [message('y')])), ['y']);
  });

  it('by a probe that attaches anew, also while an old link still serves', async () => {
    const { eventHub, serviceBus, revoke } = clientsWith(HUB_SENDER, TOPIC_SENDER, PEEKER);
    await send(eventHub.prepare([message('x')]));
    assert.equal((await eventHub.probe()).scope, `sb://${hubs}/${hub}`);
    assert.equal((await serviceBus.probeSend(topic)).purpose, 'send to the queue or topic');
    assert.ok(await serviceBus.probeReceive(topic, subscription));
    revoke();
    for (const probe of [
      () => eventHub.probe(),
      () => serviceBus.probeSend(topic),
      () => serviceBus.probeReceive(topic, subscription),
    ]) {
      assert.equal((await refusal(probe)).code, 'ACCESS_DENIED');
    }
  });
});

describe('what is wrong otherwise', () => {
  it('is told of a name that does not exist', async () => {
    const { serviceBus, principal } = clientsWith();
    const everywhere = idOf(bus, '').replace(/\/$/, '');
    grant(azure, principal, 'Azure Service Bus Data Owner', everywhere);
    for (const call of [
      () => serviceBus.prepare('nobody', [message('x')]),
      () => serviceBus.peek(topic, 'nobody', { max: 1, deadLetter: false }),
      () => serviceBus.probeSend('nobody'),
    ]) {
      const error = await refusal(call);
      assert.equal(error.code, 'NOT_FOUND');
      assert.match(error.message, /nobody does not exist/);
    }
  });

  it('is told of a token for another service', async () => {
    const principal = addIdentity(azure, 'id-other-audience');
    grant(azure, principal, ...HUB_SENDER);
    const genuine = credentialOf(azure, principal);
    const other: TokenCredential = {
      getToken: () => genuine.getToken('https://vault.azure.net/.default'),
    };
    const eventHub = createEventHub({ namespace: hubs, hub }, other, () => undefined);
    const error = await refusal(() => eventHub.prepare([message('x')]));
    assert.equal(error.code, 'ACCESS_DENIED');
    assert.equal(error.access, undefined, 'no role would help');
    await eventHub.close();
  });

  it('ends with the door: TARGET_UNAVAILABLE while it is closed, and the same clients after', async () => {
    const { eventHub, serviceBus } = clientsWith(HUB_SENDER, TOPIC_SENDER);
    await send(eventHub.prepare([message('a')]));
    await send(serviceBus.prepare(topic, [message('a')]));
    await azure.closeDoor('messaging');
    for (const call of [
      () => send(eventHub.prepare([message('b')])),
      () => send(serviceBus.prepare(topic, [message('b')])),
    ]) {
      assert.equal((await refusal(call, 8_500)).code, 'TARGET_UNAVAILABLE');
    }
    await azure.openDoor('messaging');
    assert.deepEqual(await send(eventHub.prepare([message('c')])), ['c']);
    assert.deepEqual(await send(serviceBus.prepare(topic, [message('c')])), ['c']);
  });
});

describe('[26] a connection that is cut while a message is underway', () => {
  it('is replaced, and the message sent again', async () => {
    const { eventHub, serviceBus } = clientsWith(HUB_SENDER, TOPIC_SENDER);
    await send(eventHub.prepare([message('a')]));
    await send(serviceBus.prepare(topic, [message('a')]));
    await azure.closeDoor('messaging');
    await azure.openDoor('messaging');
    const sent = await Promise.all([
      send(eventHub.prepare([message('b')])),
      send(serviceBus.prepare(topic, [message('b')])),
    ]);
    assert.deepEqual(sent, [['b'], ['b']]);
  });
});

describe('[29] a namespace that accepts the connection and is silent', () => {
  const sockets = new Set<net.Socket>();
  const silent = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  after(() => {
    silent.close();
    for (const socket of sockets) socket.destroy();
  });

  it('is given up after 6 s, and its connection with it', async () => {
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as net.AddressInfo;
    const namespace = 'silent-namespace.servicebus.windows.net';
    azure.trustRedirect({ [`${namespace}:5671`]: port });
    const credential = credentialOf(azure, addIdentity(azure, 'id-silent'));
    const eventHub = createEventHub({ namespace, hub }, credential, () => undefined);
    const serviceBus = createServiceBus(namespace, credential, () => undefined);
    await Promise.all(
      [
        () => eventHub.prepare([message('x')]),
        () => serviceBus.prepare(topic, [message('x')]),
        () => serviceBus.peek(topic, subscription, { max: 1, deadLetter: false }),
      ].map(async (call: () => Promise<unknown>) => {
        const error = await refusal(() => within(9_000, 'app', call), 8_500);
        assert.equal(error.code, 'TARGET_UNAVAILABLE');
        assert.match(error.message, /silent-namespace.* did not answer in time/);
      }),
    );
    await Promise.all([eventHub.close(), serviceBus.close()]);
  });
});
