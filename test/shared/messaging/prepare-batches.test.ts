// Packing and sending, with a service made of numbers: nothing is lost, nothing sent twice, a key's order is kept.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { within } from '../../../shared/deadline.ts';
import { AppError } from '../../../shared/errors.ts';
import type { OutgoingMessage } from '../../../shared/messaging/outgoing-message.ts';
import { type BatchSink, prepareBatches } from '../../../shared/messaging/prepare-batches.ts';

interface FakeBatch {
  readonly key: string | undefined;
  readonly messages: OutgoingMessage[];
  bytes: number;
}

const LARGEST = 100;

/** Takes batches of 100 bytes; `fail` may refuse one. */
class FakeService implements BatchSink<FakeBatch> {
  readonly sent: FakeBatch[] = [];
  readonly #fail: (batch: FakeBatch) => AppError | undefined;
  underway = 0;
  mostUnderway = 0;

  constructor(fail: (batch: FakeBatch) => AppError | undefined = () => undefined) {
    this.#fail = fail;
  }

  async open(key: string | undefined): Promise<FakeBatch> {
    return { key, messages: [], bytes: 10 };
  }

  add(batch: FakeBatch, message: OutgoingMessage): boolean {
    if (batch.bytes + message.body.length > LARGEST) return false;
    batch.messages.push(message);
    batch.bytes += message.body.length;
    return true;
  }

  async send(batch: FakeBatch): Promise<void> {
    this.mostUnderway = Math.max(this.mostUnderway, ++this.underway);
    await new Promise((resolve) => setImmediate(resolve));
    this.underway -= 1;
    const error = this.#fail(batch);
    if (error) throw error;
    this.sent.push(batch);
  }
}

function message(eventId: string, bytes: number, partitionKey?: string): OutgoingMessage {
  return {
    eventId,
    messageId: eventId,
    body: Buffer.alloc(bytes),
    contentType: 'application/json',
    ...(partitionKey === undefined ? {} : { partitionKey }),
    properties: {},
  };
}

function refusal(code: AppError['code'], retryAfterSeconds?: number): AppError {
  const fields = { code, target: 'event-hubs', message: 'no', nextStep: 'none' } as const;
  return new AppError(retryAfterSeconds === undefined ? fields : { ...fields, retryAfterSeconds });
}

const someMessages = fc
  .array(
    fc.record({
      bytes: fc.integer({ min: 1, max: 120 }),
      key: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
    }),
    { maxLength: 40 },
  )
  .map((all) => all.map(({ bytes, key }, index) => message(String(index), bytes, key)));

const idsOf = (messages: readonly OutgoingMessage[]) => messages.map(({ eventId }) => eventId);

describe('messages in batches', () => {
  it('are each in one batch that has their key and room for them, or named as too large', async () => {
    await fc.assert(
      fc.asyncProperty(someMessages, async (messages) => {
        const service = new FakeService();
        const { tooLarge, send } = await prepareBatches(messages, service);
        assert.equal(service.sent.length, 0, 'nothing is sent before it is asked for');
        const accepted: string[] = [];
        await send((taken) => accepted.push(...idsOf(taken)));

        const sent = service.sent.flatMap((batch) => batch.messages);
        assert.deepEqual([...idsOf(sent), ...idsOf(tooLarge)].sort(), idsOf(messages).sort());
        assert.deepEqual(accepted.sort(), idsOf(sent).sort());
        assert.ok(tooLarge.every(({ body }) => body.length + 10 > LARGEST));
        for (const { key, messages: inIt, bytes } of service.sent) {
          assert.ok(inIt.length > 0 && bytes <= LARGEST);
          assert.ok(inIt.every(({ partitionKey }) => partitionKey === key));
        }
        for (const key of ['a', 'b', 'c', undefined]) {
          const ofKey = idsOf(sent.filter(({ partitionKey }) => partitionKey === key)).map(Number);
          assert.deepEqual(
            ofKey,
            ofKey.toSorted((a, b) => a - b),
            'in their order',
          );
        }
      }),
    );
  });

  it('go at the same time for several keys, but not for too many', async () => {
    const messages = Array.from({ length: 100 }, (_, index) => message(`${index}`, 1, `k${index}`));
    const service = new FakeService();
    const { send } = await prepareBatches(messages, service);
    await send(() => {});
    assert.equal(service.sent.length, 100);
    assert.equal(service.mostUnderway, 8);
  });

  it('that are refused stop the rest, and all that was taken is told', async () => {
    await fc.assert(
      fc.asyncProperty(someMessages, fc.nat(39), async (messages, bad) => {
        const service = new FakeService((batch) =>
          idsOf(batch.messages).includes(String(bad)) ? refusal('TARGET_UNAVAILABLE') : undefined,
        );
        const { send } = await prepareBatches(messages, service);
        const accepted: string[] = [];
        const outcome = await send((taken) => accepted.push(...idsOf(taken))).then(
          () => 'sent',
          ({ code }: AppError) => code,
        );
        assert.equal(service.underway, 0, 'nothing is on its way any more');
        const sent = idsOf(service.sent.flatMap((batch) => batch.messages));
        assert.deepEqual(accepted.sort(), sent.sort());
        const met = messages.some(
          ({ eventId, body }) => eventId === String(bad) && body.length <= 90,
        );
        assert.equal(outcome, met ? 'TARGET_UNAVAILABLE' : 'sent');
      }),
    );
  });

  it('wait for a busy service while there is time, and keep the batch', async () => {
    let refusals = 2;
    const service = new FakeService(() =>
      refusals-- > 0 ? refusal('THROTTLED', 0.01) : undefined,
    );
    const { send } = await prepareBatches([message('a', 1)], service);
    await send(() => {});
    assert.equal(service.sent.length, 1);
  });

  it('do not wait longer than the operation may take', async () => {
    const service = new FakeService(() => refusal('THROTTLED', 30));
    const { send } = await prepareBatches([message('a', 1)], service);
    const started = performance.now();
    await assert.rejects(
      within(5_000, 'app', () => send(() => {})),
      { code: 'THROTTLED' },
    );
    assert.ok(performance.now() - started < 500);
  });
});
