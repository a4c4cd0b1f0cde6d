import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keepListening } from '../../../local/functions-host/keep-listening.ts';

/** Plays a script: what each call of `listen` and `probe` fails with; after the last one it listens on. */
async function play(script: readonly (string | undefined)[], passing: readonly string[] = []) {
  const stop = new AbortController();
  const said: string[] = [];
  const calls: string[] = [];
  const steps = [...script];
  const step = (name: string) => {
    calls.push(name);
    const failure = steps.shift();
    if (failure !== undefined) throw new Error(failure);
  };
  await keepListening({
    async listen() {
      if (steps.length === 0) {
        calls.push('listen');
        stop.abort();
        return;
      }
      step('listen');
    },
    probe: async () => step('probe'),
    explain: (error) => {
      const reason = (error as Error).message;
      return { reason, retryMs: 1, isPassing: passing.includes(reason) };
    },
    onFailure: (reason) => said.push(reason),
    onRecovery: () => said.push('again'),
    signal: stop.signal,
  });
  return { said, calls };
}

describe('a listener', () => {
  it('says once why it can not, asks before it tries again, and says when it can', async () => {
    const { said, calls } = await play(['no role', 'no role', 'no role', undefined]);
    assert.deepEqual(said, ['no role', 'again']);
    assert.deepEqual(calls, ['listen', 'probe', 'probe', 'probe', 'listen']);
  });

  it('says another reason, too', async () => {
    const { said } = await play(['no role', 'gone', 'no role', undefined]);
    assert.deepEqual(said, ['no role', 'gone', 'no role', 'again']);
  });

  it('keeps silent about what is over at the next attempt, and about nothing else', async () => {
    assert.deepEqual((await play(['idle', undefined], ['idle'])).said, []);
    assert.deepEqual((await play(['lost', 'lost', 'lost', undefined], ['lost'])).said, [
      'lost',
      'again',
    ]);
    assert.deepEqual((await play(['lost', 'no role', undefined], ['lost'])).said, [
      'no role',
      'again',
    ]);
  });
});
