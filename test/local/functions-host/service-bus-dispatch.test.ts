// Settlement: what becomes of a message, by what its function does.
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { keepLock } from '../../../local/functions-host/lock-renewal.ts';
import { createDispatch } from '../../../local/functions-host/service-bus-dispatch.ts';
import { readServiceBusOptions } from '../../../local/functions-host/service-bus-options.ts';
import { keepTokens } from '../../../local/functions-host/token-keeper.ts';

const message = (id: string, body: unknown = 'x', bodyType: 'data' | 'value' = 'data') =>
  ({
    body,
    messageId: id,
    state: 'active',
    _rawAmqpMessage: { body, bodyType },
  }) as ServiceBusReceivedMessage;

function create({ fails = false, autoComplete = true, stopped = false } = {}) {
  const done: string[] = [];
  const errors: string[] = [];
  const ran: unknown[] = [];
  const receiver = {
    completeMessage: async ({ messageId }: ServiceBusReceivedMessage) => {
      if (messageId === 'lost') throw new Error('the lock is lost');
      done.push(`complete ${messageId}`);
    },
    abandonMessage: async ({ messageId }: ServiceBusReceivedMessage) => {
      done.push(`abandon ${messageId}`);
    },
    renewMessageLock: async () => new Date(),
  };
  const dispatch = createDispatch({
    fn: {
      name: 'fn',
      registered: {
        metadata: { name: 'fn', functionId: 'fn', bindings: {} },
        callback: () => undefined,
        scriptFile: undefined,
      },
      trigger: {
        type: 'serviceBusTrigger',
        bindingName: 'b',
        connection: {
          fullyQualifiedNamespace: 'n',
          usesManagedIdentity: true,
          clientId: undefined,
        },
        cardinality: 'one',
        bodyType: 'string',
        entity: { queueName: 'q' },
        isSessionsEnabled: false,
        options: { ...readServiceBusOptions({}), autoCompleteMessages: autoComplete },
      },
      disabled: false,
    },
    executor: {
      async execute(_, { input }) {
        ran.push(input);
        if (fails) throw new Error('no');
        return { invocationId: '1' };
      },
      idle: async () => undefined,
    },
    client: { fullyQualifiedNamespace: 'n', identifier: 'i' },
    onError: (action, error) => errors.push(`${action}: ${(error as Error).message}`),
    stopping: stopped ? AbortSignal.abort() : new AbortController().signal,
  });
  return { dispatch, receiver, done, errors, ran };
}

describe('settlement', () => {
  it('completes what went well and abandons what threw', async () => {
    const good = create();
    await good.dispatch.one(message('m'), good.receiver);
    assert.deepEqual(good.done, ['complete m']);
    const bad = create({ fails: true });
    await bad.dispatch.one(message('m'), bad.receiver);
    assert.deepEqual(bad.done, ['abandon m']);
  });

  it('without autoCompleteMessages leaves what went well and still abandons what threw', async () => {
    const good = create({ autoComplete: false });
    await good.dispatch.one(message('m'), good.receiver);
    assert.deepEqual(good.done, []);
    const bad = create({ autoComplete: false, fails: true });
    await bad.dispatch.batch([message('a'), message('b')], bad.receiver);
    assert.deepEqual(bad.done, ['abandon a', 'abandon b']);
  });

  it('goes on after one message that can no longer be completed', async () => {
    const { dispatch, receiver, done, errors } = create();
    await dispatch.batch([message('lost'), message('b')], receiver);
    assert.deepEqual(done, ['complete b']);
    assert.deepEqual(errors, ['Complete: the lock is lost']);
  });

  it('abandons a body that is no text, without a run', async () => {
    const { dispatch, receiver, done, errors, ran } = create();
    await dispatch.one(message('m', { a: 1 }, 'value'), receiver);
    assert.deepEqual([done, ran], [['abandon m'], []]);
    assert.deepEqual(errors, [
      'Bind: A message with a value type of object cannot be bound to a string.',
    ]);
  });

  it('gives back what comes while the host stops', async () => {
    const { dispatch, receiver, done, ran } = create({ stopped: true });
    await dispatch.one(message('m'), receiver);
    assert.deepEqual([done, ran], [['abandon m'], []]);
  });
});

const unexpected = (error: unknown) => assert.fail(String(error));

describe('a lock', () => {
  it('is renewed before its end, for as long as it may be, and not after the function', async (t) => {
    t.after(() => mock.timers.reset());
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
    let renewals = 0;
    const renew = async () => {
      renewals++;
      return new Date(Date.now() + 30_000);
    };
    const locked = {
      ...message('m'),
      lockedUntilUtc: new Date(30_000),
    } as ServiceBusReceivedMessage;
    const tick = async (milliseconds: number) => {
      mock.timers.tick(milliseconds);
      await Promise.resolve();
      await Promise.resolve();
    };
    const end = keepLock(locked, 45_000, renew, unexpected);
    await tick(19_999);
    assert.equal(renewals, 0);
    await tick(1);
    assert.equal(renewals, 1, '10 s before the end');
    await tick(60_000);
    assert.equal(renewals, 1, 'it is locked beyond the 45 s');
    end();
    const endNext = keepLock(locked, Number.POSITIVE_INFINITY, renew, unexpected);
    endNext();
    await tick(60_000);
    assert.equal(renewals, 1);
    keepLock(locked, 0, renew, unexpected);
    await tick(60_000);
    assert.equal(renewals, 1, '0 is never');
  });
});

describe('a kept token', () => {
  const issue = (lifeMs: number) => {
    let count = 0;
    const credential = keepTokens({
      async getToken() {
        count++;
        return { token: String(count), expiresOnTimestamp: Date.now() + lifeMs };
      },
    });
    return { credential, count: () => count };
  };

  it('is asked for once by many', async () => {
    const { credential, count } = issue(3_600_000);
    const tokens = await Promise.all([1, 2, 3].map(() => credential.getToken('a/.default')));
    assert.deepEqual(
      tokens.map((token) => token?.token),
      ['1', '1', '1'],
    );
    await credential.getToken(['a/.default']);
    assert.equal(count(), 1);
    await credential.getToken('b/.default');
    assert.equal(count(), 2, 'another audience');
  });

  it('7: of a short life makes no loop of the SDK, which renews 2 minutes before the end', async (t) => {
    t.after(() => mock.timers.reset());
    mock.timers.enable({ apis: ['Date'], now: 0 });
    const { credential, count } = issue(60_000);
    const token = await credential.getToken('a');
    const renewalAtMs = (token?.expiresOnTimestamp ?? 0) - 120_000;
    assert.equal(renewalAtMs, 30_000);
    mock.timers.tick(renewalAtMs);
    await credential.getToken('a');
    assert.equal(count(), 2);
  });
});
