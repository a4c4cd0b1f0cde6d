// Random histories of a queue: every message sent is in one place exactly, whatever was done to it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MINUTE_MS, TestBus, type TestReceiver } from './test-bus.ts';
import { encodeTestMessage, type Received } from './test-message.ts';

type Step =
  | { readonly do: 'send' | 'receive' | 'fetch'; readonly count: number; readonly who: number }
  | { readonly do: Settling; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'close'; readonly who: number };
type Settling = 'complete' | 'abandon' | 'release' | 'defer' | 'deadLetter';

const settlings: readonly Settling[] = ['complete', 'abandon', 'release', 'defer', 'deadLetter'];
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('send' as const, 'receive' as const, 'fetch' as const),
    count: fc.integer({ min: 1, max: 4 }),
    who: fc.nat({ max: 2 }),
  }),
  fc.record({ do: fc.constantFrom(...settlings), which: fc.nat({ max: 20 }) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2 * MINUTE_MS }) }),
  fc.record({ do: fc.constant('close' as const), who: fc.nat({ max: 2 }) }),
);

/** Runs a history beside a model of it: what was sent, and what was completed. */
class History {
  readonly bus = new TestBus();
  readonly sent: string[] = [];
  readonly completed: string[] = [];
  readonly #held: { message: Received; receiver: TestReceiver }[] = [];
  readonly #receivers = new Map<number, TestReceiver>();
  readonly #sessions: boolean;

  constructor(sessions: boolean, maxDeliveryCount: number) {
    this.#sessions = sessions;
    this.bus.putQueue('orders', { requiresSession: sessions, maxDeliveryCount });
  }

  async run(next: Step): Promise<void> {
    switch (next.do) {
      case 'send':
        for (let index = 0; index < next.count; index++) await this.#send(next.who);
        break;
      case 'receive':
        await this.#receive(next.who, next.count);
        break;
      case 'fetch':
        await this.#fetch(next.count);
        break;
      case 'wait':
        this.bus.advanceMs(next.ms);
        break;
      case 'close':
        this.#receivers.get(next.who)?.close();
        this.#receivers.delete(next.who);
        break;
      default:
        this.#settle(next.do, next.which);
    }
  }

  async #send(who: number): Promise<void> {
    const id = `m${this.sent.length}`;
    const session = this.#sessions ? { sessionId: `s${who}` } : {};
    await this.bus.send('orders', encodeTestMessage(id, { id, ...session }));
    this.sent.push(id);
  }

  async #receive(who: number, count: number): Promise<void> {
    const receiver = this.#receivers.get(who) ?? (await this.#open(who));
    if (receiver.link.closed.aborted) {
      this.#receivers.delete(who);
      return;
    }
    this.#receivers.set(who, receiver);
    for (const message of receiver.receive(count)) this.#held.push({ message, receiver });
  }

  #open(who: number): TestReceiver | Promise<TestReceiver> {
    return this.#sessions
      ? this.bus.sessionReceiver('orders', `s${who}`, { name: `link${who}` })
      : this.bus.receiver('orders');
  }

  /** Fetches deferred messages, and completes them on `$management`. */
  async #fetch(count: number): Promise<void> {
    const deferred = (await this.bus.peek('orders')).filter(
      ({ annotations }) => annotations['x-opt-message-state'] === 1,
    );
    for (const message of deferred.slice(0, count)) {
      const number = message.annotations['x-opt-sequence-number'];
      try {
        await this.bus.manage('orders', 'receive-by-sequence-number', {
          ...{ 'sequence-numbers': [number], 'receiver-settle-mode': 0 },
        });
        this.completed.push(String(message.messageId));
      } catch (error) {
        // Locked, or of a session that nobody holds here.
        assert.match(String(error), /Failed to lock/);
      }
    }
  }

  #settle(settling: Settling, which: number): void {
    const [held] = this.#held.splice(which % Math.max(this.#held.length, 1), 1);
    if (!held) return;
    const { message, receiver } = held;
    try {
      if (settling === 'release') receiver.settle(message, { kind: 'released' });
      else receiver[settling](message);
      if (settling === 'complete') this.completed.push(String(message.messageId));
    } catch (error) {
      assert.match(String(error), /lock supplied is invalid|session lock has expired/);
    }
  }

  /** Everything that is anywhere. */
  async all(): Promise<string[]> {
    const places = await Promise.all([
      this.bus.peek('orders'),
      this.bus.peek('orders/$DeadLetterQueue'),
    ]);
    return [...this.completed, ...places.flat().map(({ messageId }) => String(messageId))];
  }
}

describe('a random history of a queue', () => {
  for (const sessions of [false, true]) {
    it(`loses and doubles nothing ${sessions ? 'with' : 'without'} sessions`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 20, maxLength: 80 }),
          fc.constantFrom(1, 2, 10),
          async (steps, maxDeliveryCount) => {
            const history = new History(sessions, maxDeliveryCount);
            for (const next of steps) {
              await history.run(next);
              assert.deepEqual((await history.all()).sort(), [...history.sent].sort());
            }
            await drain(history, sessions);
          },
        ),
        { numRuns: 150 },
      );
    });
  }

  it('would notice a message that is lost', async () => {
    const history = new History(false, 10);
    await history.run({ do: 'send', count: 2, who: 0 });
    history.bus.receiver('orders', { settled: true }).receive();
    assert.notDeepEqual((await history.all()).sort(), [...history.sent].sort());
  });
});

/** After all locks have run out, every message that is not deferred can be received, in order, once. */
async function drain({ bus }: History, sessions: boolean): Promise<void> {
  bus.advanceMs(10 * MINUTE_MS);
  const waiting = (await bus.peek('orders'))
    .filter(({ annotations }) => annotations['x-opt-message-state'] === 0)
    .map(({ messageId }) => String(messageId));
  const received: string[] = [];
  for (const who of sessions ? [0, 1, 2] : [0]) {
    const receiver = sessions
      ? await bus.sessionReceiver('orders', `s${who}`)
      : bus.receiver('orders', { settled: true });
    const messages = receiver.receive(1000).map(({ messageId }) => String(messageId));
    assert.deepEqual(messages, [...messages].sort(byNumber));
    received.push(...messages);
  }
  assert.deepEqual(received.sort(), waiting.sort());
}

const byNumber = (left: string, right: string) => Number(left.slice(1)) - Number(right.slice(1));
