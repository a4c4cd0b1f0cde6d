import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { within } from '../../../shared/deadline.ts';
import { ClientHolder, useOnce } from '../../../shared/messaging/client-holder.ts';
import { pacedCredential } from '../../../shared/messaging/paced-credential.ts';

class FakeClient {
  isClosed = false;
  readonly isSilent: boolean;
  aborted = 0;

  constructor(isSilent = false) {
    this.isSilent = isSilent;
  }

  call(signal: AbortSignal): Promise<string> {
    if (!this.isSilent) return Promise.resolve('answer');
    signal.addEventListener('abort', () => {
      this.aborted += 1;
    });
    return new Promise(() => {});
  }

  /** A silent peer does not answer this either. */
  close(): Promise<void> {
    this.isClosed = true;
    return this.isSilent ? new Promise(() => {}) : Promise.resolve();
  }
}

/** Hands out these clients, one after the other. */
function holderOf(...clients: FakeClient[]) {
  const made: FakeClient[] = [];
  const holder = new ClientHolder(async () => {
    const client = clients[made.length] ?? new FakeClient();
    made.push(client);
    return client;
  });
  return { holder, made, call: () => holder.use((client, signal) => client.call(signal)) };
}

describe('the one client of a process', () => {
  it('is made once for all callers, at first use', async () => {
    const { made, call } = holderOf();
    assert.equal(made.length, 0);
    await Promise.all([call(), call(), call()]);
    await call();
    assert.equal(made.length, 1);
  });

  it('that says nothing for 3 s is given up, and the call made by another', async (t) => {
    const { made, call } = holderOf(new FakeClient(true));
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const calls = Promise.all([call(), call()]);
    await settled();
    t.mock.timers.tick(3_000);
    assert.deepEqual(await calls, ['answer', 'answer']);
    assert.equal(made.length, 2, 'one new client for both');
    assert.ok(made[0]?.isClosed && made[0].aborted === 2);
    assert.equal(made[1]?.isClosed, false);
  });

  it('is not asked for ever: two that are silent end the call', async (t) => {
    const { made, call } = holderOf(new FakeClient(true), new FakeClient(true));
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const refused = assert.rejects(call(), { code: 'ETIMEDOUT' });
    for (let second = 0; second < 8; second++) {
      await settled();
      t.mock.timers.tick(1_000);
    }
    await refused;
    assert.equal(made.length, 2);
    assert.equal(await call(), 'answer', 'and the next call gets a new one');
  });

  it('stays if it was the caller who had no time', async () => {
    const { made, call } = holderOf(new FakeClient(true));
    await assert.rejects(
      within(400, 'app', () => call()),
      { code: 'ETIMEDOUT' },
    );
    assert.equal(made.length, 1);
    assert.equal(made[0]?.isClosed, false);
  });

  it('stays when it is refused something', async () => {
    const { holder, made } = holderOf();
    const refusal = new Error('no');
    await assert.rejects(
      holder.use(() => Promise.reject(refusal)),
      refusal,
    );
    assert.equal(made[0]?.isClosed, false);
  });

  it('is tried anew if it could not be made', async () => {
    let attempts = 0;
    const holder = new ClientHolder(async () => {
      if (++attempts === 1) throw new Error('not yet');
      return new FakeClient();
    });
    const call = () => holder.use((client, signal) => client.call(signal));
    await assert.rejects(call(), /not yet/);
    assert.equal(await call(), 'answer');
  });

  it('is closed with the worker, which waits no longer than 2 s for a silent peer', async (t) => {
    const { holder, made } = holderOf(new FakeClient(true));
    await assert.rejects(within(300, 'app', () => holder.use((one, signal) => one.call(signal))));
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const closing = holder.close();
    await settled();
    t.mock.timers.tick(2_000);
    await closing;
    assert.ok(made[0]?.isClosed);
    await holder.close();
    assert.equal(made.length, 1, 'what was never opened is not opened to be closed');
  });

  it('for one call is closed after it, also after a refusal', async () => {
    const client = new FakeClient();
    const create = async () => client;
    assert.equal(await useOnce(create, (one, signal) => one.call(signal)), 'answer');
    assert.ok(client.isClosed);
    client.isClosed = false;
    await assert.rejects(useOnce(create, () => Promise.reject(new Error('no'))));
    assert.ok(client.isClosed);
  });
});

/** All that is only a matter of promises has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('[7] a token for the messaging SDKs', () => {
  const tokenOf = (lifeMs: number) =>
    pacedCredential({
      getToken: async () => ({ token: 'x', expiresOnTimestamp: Date.now() + lifeMs }),
    }).getToken('scope');

  it('that is short does not make them ask more often than once in 30 s', async () => {
    for (const lifeMs of [-1_000, 20_000, 60_000, 149_000]) {
      const token = await tokenOf(lifeMs);
      // They renew two minutes ahead.
      assert.ok((token?.expiresOnTimestamp ?? 0) - 120_000 - Date.now() > 29_000);
    }
  });

  it('that is long is told as it is', async () => {
    const token = await tokenOf(3_600_000);
    assert.ok(Math.abs((token?.expiresOnTimestamp ?? 0) - Date.now() - 3_600_000) < 1_000);
  });
});
