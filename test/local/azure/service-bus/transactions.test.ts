// Transactions as .NET's and Java's clients speak them: a coordinator link, and states with the transaction's id.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import {
  type AmqpValue,
  arrayOf,
  type Described,
  typed,
} from '../../../../local/azure/amqp/codec/amqp-value.ts';
import { PERFORMATIVE } from '../../../../local/azure/amqp/codec/performatives.ts';
import { decodeMessage, encodeMessage } from '../../../../local/azure/amqp/codec/sections.ts';
import { MovableClock } from '../../../../local/azure/clock.ts';
import { described, FrameClient, uint } from '../amqp/frame-client.ts';
import { HOST, namespaceId, OWNER, useServiceBus } from './use-service-bus.ts';

const clock = new MovableClock();
const { azure, putQueue, putTopic, putSubscription, identityWith, clientOf } = await useServiceBus({
  clock,
});
const { principal, credential } = identityWith([OWNER, namespaceId]);
const sdk = clientOf(credential);
let count = 0;
let queue = '';
let client: FrameClient;

beforeEach(async () => {
  queue = `queue-${count++}`;
  putQueue(queue);
  client = await FrameClient.connect(azure, HOST);
  await client.begin();
  const { accessToken } = await azure.tokens.issue(principal, 'https://servicebus.azure.net');
  await client.putToken(`sb://${HOST}/`, accessToken);
});
afterEach(() => client.close());
after(() => sdk.close());

const COORDINATOR = { handle: 2, node: described(0x30) };
const SENDER = { handle: 3 };
const RECEIVER = { handle: 4 };
const ACCEPTED = described(0x24);
const FIRST_DELIVERY = 1; // After the answer of `$cbs`.

const message = (body: AmqpValue) => encodeMessage({ applicationProperties: {}, body });
const command = (link: { channel?: number; handle: number }, code: number, fields: AmqpValue[]) =>
  client.transfer(link, message(described(code, fields)));
const inTransaction = (id: Buffer, outcome?: Described) => described(0x34, [id, outcome]);

async function declare(link: { handle: number } = COORDINATOR): Promise<Buffer> {
  const { descriptor, value } = await command(link, 0x31, [null]);
  assert.equal(descriptor, 0x33);
  const [id] = value as AmqpValue[];
  assert.ok(Buffer.isBuffer(id));
  return id;
}

const discharge = (id: Buffer, isFailed: boolean) => command(COORDINATOR, 0x32, [id, isFailed]);
const commit = (id: Buffer) => discharge(id, false);
const rollBack = (id: Buffer) => discharge(id, true);

/** Condition of a rejected state, also of one inside a transaction's. */
function conditionOf(state: Described): unknown {
  const { descriptor, value } = state;
  const [first, second] = value as AmqpValue[];
  if (descriptor === 0x34) return conditionOf(second as Described);
  assert.equal(descriptor, 0x25);
  return ((first as Described).value as AmqpValue[])[0];
}

/** Sends in the transaction; the broker accepts that for the time being. */
async function send(id: Buffer, body: string, link: { channel?: number; handle: number } = SENDER) {
  const { descriptor, value } = await client.transfer(link, message(body), inTransaction(id));
  assert.equal(descriptor, 0x34);
  const [transactionId, outcome] = value as AmqpValue[];
  assert.deepEqual(transactionId, id);
  assert.equal((outcome as Described).descriptor, 0x24);
}

async function bodies(name = queue): Promise<unknown[]> {
  const messages = await sdk.createReceiver(name).peekMessages(10);
  return messages.map(({ body }) => body);
}

async function receiveOne(body: string): Promise<void> {
  await sdk.createSender(queue).sendMessages({ body });
  await client.attach({ ...RECEIVER, isReceiver: true, node: queue });
  await client.next(PERFORMATIVE.transfer, (it) => it.number(0) === RECEIVER.handle);
}

describe('messages sent in a transaction', () => {
  beforeEach(async () => {
    await client.attach(COORDINATOR);
    await client.attach({ ...SENDER, node: queue });
  });

  it('are there once it commits, all together', async () => {
    const id = await declare();
    await send(id, 'a');
    await send(id, 'b');
    assert.deepEqual(await bodies(), []);
    assert.equal((await commit(id)).descriptor, 0x24);
    assert.deepEqual(await bodies(), ['a', 'b']);
  });

  it('never were there when it rolls back', async () => {
    const id = await declare();
    await send(id, 'a');
    assert.equal((await rollBack(id)).descriptor, 0x24);
    assert.deepEqual(await bodies(), []);
  });

  it('never were there when the link to the coordinator ends', async () => {
    const id = await declare();
    await send(id, 'a');
    client.send(PERFORMATIVE.detach, [uint(COORDINATOR.handle), true]);
    await client.next(PERFORMATIVE.detach);
    await client.attach(COORDINATOR);
    assert.equal(conditionOf(await commit(id)), 'amqp:transaction:unknown-id');
    assert.deepEqual(await bodies(), []);
  });

  it('do not mix with those of another one, or of none', async () => {
    const [one, other] = [await declare(), await declare()];
    await send(one, 'one');
    await send(other, 'other');
    await client.transfer(SENDER, message('none'));
    await rollBack(one);
    await commit(other);
    assert.deepEqual(await bodies(), ['none', 'other']);
  });

  it('are refused for an id that was never declared, or is done with', async () => {
    const id = await declare();
    await commit(id);
    for (const wrong of [id, Buffer.from('nothing')]) {
      const state = await client.transfer(SENDER, message('a'), inTransaction(wrong));
      assert.equal(conditionOf(state), 'amqp:transaction:unknown-id');
    }
    assert.equal(conditionOf(await rollBack(id)), 'amqp:transaction:unknown-id');
  });

  it('are refused beyond a hundred, and those before go on', async () => {
    const id = await declare();
    for (let index = 0; index < 100; index++) await send(id, 'x');
    const state = await client.transfer(SENDER, message('a'), inTransaction(id));
    assert.equal(conditionOf(state), 'amqp:resource-limit-exceeded');
    await commit(id);
    assert.equal((await bodies()).length, 10);
  });

  it('go to the subscriptions of a topic', async () => {
    putTopic(`${queue}-news`);
    putSubscription(`${queue}-news`, 'all');
    await client.attach({ handle: 5, node: `${queue}-news` });
    const id = await declare();
    await send(id, 'a', { handle: 5 });
    const receiver = sdk.createReceiver(`${queue}-news`, 'all');
    assert.deepEqual(await receiver.peekMessages(1), []);
    await commit(id);
    assert.equal((await receiver.peekMessages(1))[0]?.body, 'a');
  });
});

describe('a message settled in a transaction', () => {
  beforeEach(async () => {
    await client.attach(COORDINATOR);
    await client.attach({ ...SENDER, node: queue });
    await receiveOne('work');
  });

  it('is gone, and the one sent with it there, once it commits', async () => {
    const id = await declare();
    const answer = await client.dispose(FIRST_DELIVERY, inTransaction(id, ACCEPTED));
    assert.equal(answer.descriptor, 0x34);
    await send(id, 'result');
    assert.deepEqual(await bodies(), ['work']);
    await commit(id);
    assert.deepEqual(await bodies(), ['result']);
  });

  it('is still locked after a rollback, and can be completed then', async () => {
    const id = await declare();
    await client.dispose(FIRST_DELIVERY, inTransaction(id, ACCEPTED));
    await rollBack(id);
    assert.deepEqual(await bodies(), ['work']);
    assert.equal((await client.dispose(FIRST_DELIVERY, ACCEPTED)).descriptor, 0x24);
    assert.deepEqual(await bodies(), []);
  });

  it('with a lock that ends before the commit takes the whole transaction with it', async () => {
    const id = await declare();
    await client.dispose(FIRST_DELIVERY, inTransaction(id, ACCEPTED));
    await send(id, 'result');
    clock.advanceMs(61_000);
    assert.equal(conditionOf(await commit(id)), 'com.microsoft:message-lock-lost');
    assert.deepEqual(await bodies(), ['work']);
  });

  it('is dead-lettered with its reason', async () => {
    const id = await declare();
    const info = new Map<AmqpValue, AmqpValue>([[typed('symbol', 'DeadLetterReason'), 'why']]);
    const error = described(0x1d, [typed('symbol', 'com.microsoft:dead-letter'), null, info]);
    await client.dispose(FIRST_DELIVERY, inTransaction(id, described(0x25, [error])));
    await commit(id);
    const deadLetters = sdk.createReceiver(queue, { subQueueType: 'deadLetter' });
    assert.equal((await deadLetters.peekMessages(1))[0]?.deadLetterReason, 'why');
  });
});

describe('a request to $management in a transaction', () => {
  const ASK = { handle: 5 };
  const ANSWERS = { handle: 6 };
  let id: Buffer;
  let sequenceNumber = 0;

  beforeEach(async () => {
    await client.attach(COORDINATOR);
    await client.attach({ ...ASK, node: `${queue}/$management` });
    await client.attach({ ...ANSWERS, isReceiver: true, node: `${queue}/$management` });
    const later = new Date(clock.nowMs() + 3_600_000);
    const [number] = await sdk.createSender(queue).scheduleMessages({ body: 'later' }, later);
    sequenceNumber = Number(number);
    id = await declare();
  });

  async function ask(operation: string, body: AmqpValue): Promise<AmqpValue> {
    const applicationProperties = { operation };
    const request = encodeMessage({ applicationProperties, body });
    await client.transfer(ASK, request, inTransaction(id));
    const answer = await client.next(
      PERFORMATIVE.transfer,
      (it) => it.number(0) === ANSWERS.handle,
    );
    return decodeMessage(answer.payload).applicationProperties.get('statusCode');
  }
  const cancel = () =>
    ask('com.microsoft:cancel-scheduled-message', {
      'sequence-numbers': arrayOf('long', [sequenceNumber]),
    });

  it('is done when it commits', async () => {
    assert.equal(await cancel(), 200);
    assert.deepEqual(await bodies(), ['later']);
    await commit(id);
    assert.deepEqual(await bodies(), []);
  });

  it('is not done when it rolls back', async () => {
    await cancel();
    await rollBack(id);
    assert.deepEqual(await bodies(), ['later']);
  });

  it('is refused where it takes the same message again, and the first one goes on', async () => {
    await cancel();
    assert.equal(await cancel(), 400);
    assert.equal((await commit(id)).descriptor, 0x24);
    assert.deepEqual(await bodies(), []);
  });

  it('is answered 501 where it cannot wait for the commit, and reads as ever', async () => {
    const entry = { 'message-id': 'x', message: message('x') };
    assert.equal(await ask('com.microsoft:schedule-message', { messages: [entry] }), 501);
    const from = { 'from-sequence-number': typed('long', 0), 'message-count': typed('int', 1) };
    assert.equal(await ask('com.microsoft:peek-message', from), 200);
  });

  it('ends with the transaction after two minutes', async () => {
    await cancel();
    clock.advanceMs(120_000);
    assert.equal(conditionOf(await commit(id)), 'amqp:transaction:unknown-id');
    assert.deepEqual(await bodies(), ['later']);
  });
});

describe('a transaction across entities', () => {
  const OTHER_SESSION = { channel: 1, handle: 0 };

  beforeEach(async () => {
    putQueue(`${queue}-other`);
    await client.attach(COORDINATOR);
    await client.attach({ ...SENDER, node: queue });
  });

  it('commits where its links are on one session', async () => {
    await client.attach({ handle: 5, node: `${queue}-other` });
    const id = await declare();
    await send(id, 'here');
    await send(id, 'there', { handle: 5 });
    await commit(id);
    assert.deepEqual([await bodies(), await bodies(`${queue}-other`)], [['here'], ['there']]);
  });

  it('is refused where they are on two', async () => {
    await client.begin(OTHER_SESSION.channel);
    await client.attach({ ...OTHER_SESSION, node: `${queue}-other` });
    const id = await declare();
    await send(id, 'here');
    const state = await client.transfer(OTHER_SESSION, message('there'), inTransaction(id));
    assert.equal(conditionOf(state), 'amqp:not-allowed');
  });
});
