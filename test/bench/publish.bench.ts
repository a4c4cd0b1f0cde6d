// publishEvent's module beside the bare SDK: the same messages, the same broker, in turns.
import { EventHubProducerClient } from '@azure/event-hubs';
import { ServiceBusClient, type ServiceBusSender } from '@azure/service-bus';
import { createEventHub } from '../../shared/event-hubs.ts';
import type { OutgoingMessage } from '../../shared/messaging/outgoing-message.ts';
import { type Channel, publish } from '../../shared/publish/publish.ts';
import { createServiceBus } from '../../shared/service-bus.ts';
import {
  BUS_NAMESPACE,
  HUB,
  NAMESPACE,
  startBrokerProcess,
} from '../support/broker/broker-process.ts';
import { describeRuns, median } from './median.ts';

const PAIRS = 15;
/** What publishEvent takes at once. */
const EVENTS = 1_000;
const CALLS = 5;

const body = Buffer.alloc(1_000, 0x78);
const message = (index: number): OutgoingMessage => ({
  eventId: `event-${index}`,
  messageId: `event-${index}`,
  body,
  contentType: 'application/cloudevents+json',
  properties: { type: 'bench' },
});
const messages = Array.from({ length: EVENTS }, (_, index) => message(index));

export async function bench(): Promise<string[]> {
  const broker = await startBrokerProcess();
  const { credential } = broker;
  const nobody = () => undefined;
  const eventHub = createEventHub({ namespace: NAMESPACE, hub: HUB }, credential, nobody);
  const serviceBus = createServiceBus(BUS_NAMESPACE, credential, nobody);
  const producer = new EventHubProducerClient(NAMESPACE, HUB, credential);
  const bus = new ServiceBusClient(BUS_NAMESPACE, credential);
  const sender = bus.createSender('news');
  const through = (name: Channel['name'], prepare: Channel['prepare']) => () =>
    publish(messages, [{ name, prepare }]);
  const toTopic = (all: readonly OutgoingMessage[]) => serviceBus.prepare('news', all);
  try {
    return [
      ...(await pair('Event Hubs', through('eventhub', eventHub.prepare), () =>
        sendToHub(producer),
      )),
      ...(await pair('topic', through('servicebus', toTopic), () => sendToTopic(sender))),
    ];
  } finally {
    await Promise.all([eventHub.close(), serviceBus.close(), producer.close(), bus.close()]);
    await broker.stop();
  }
}

type Send = () => Promise<unknown>;

/** Each pair measures both, the one right after the other and in turns first: load of the machine meets both alike. */
async function pair(name: string, module: Send, bare: Send): Promise<string[]> {
  await rate(module);
  await rate(bare);
  const modules: number[] = [];
  const bares: number[] = [];
  const shares: number[] = [];
  for (let index = 0; index < PAIRS; index++) {
    const isFirst = index % 2 === 0;
    const early = await rate(isFirst ? module : bare);
    const late = await rate(isFirst ? bare : module);
    const [ours, theirs] = isFirst ? [early, late] : [late, early];
    modules.push(ours);
    bares.push(theirs);
    shares.push((ours / theirs) * 100);
  }
  const share = median(modules) / median(bares);
  return [
    describeRuns(`${name}, publishEvent's module`, modules, 'events/s'),
    describeRuns(`${name}, bare SDK`, bares, 'events/s'),
    describeRuns(`${name}, module of SDK, pairs (bar: 95)`, shares, '%'),
    `${name}, module of SDK, medians: ${(share * 100).toFixed(0)} %`,
  ];
}

/** Events a second. */
async function rate(send: Send): Promise<number> {
  const start = performance.now();
  for (let call = 0; call < CALLS; call++) await send();
  return (EVENTS * CALLS) / ((performance.now() - start) / 1000);
}

async function sendToHub(producer: EventHubProducerClient): Promise<void> {
  let batch = await producer.createBatch();
  for (const { messageId, contentType, properties } of messages) {
    const event = { messageId, body, contentType, properties };
    if (batch.tryAdd(event)) continue;
    await producer.sendBatch(batch);
    batch = await producer.createBatch();
    batch.tryAdd(event);
  }
  await producer.sendBatch(batch);
}

async function sendToTopic(sender: ServiceBusSender): Promise<void> {
  let batch = await sender.createMessageBatch();
  for (const { messageId, contentType, properties } of messages) {
    const one = { messageId, body, contentType, applicationProperties: properties };
    if (batch.tryAddMessage(one)) continue;
    await sender.sendMessages(batch);
    batch = await sender.createMessageBatch();
    batch.tryAddMessage(one);
  }
  await sender.sendMessages(batch);
}
