// Without any one of its safeguards the app fails a test: the tests are worth what they say.
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { CopyOfApp, type TestChoice } from './copy-of-app.ts';
import type { Verdict } from './failures-reporter.ts';
import { type Mutant, mutants } from './mutants.ts';

/** A failing assertion, or what the app itself throws; never a mutant that can't be loaded. */
const TELLING = /^(ERR_ASSERTION|THROTTLED|(CONFIG|INPUT)_INVALID|(TARGET|IDENTITY)_UNAVAILABLE)$/;

const copies = Math.min(2, availableParallelism());

describe('the app', () => {
  const verdicts = new Map<Mutant, readonly Verdict[] | Error>();
  let whole: readonly Verdict[] = [];

  before(async () => {
    const waiting = [...mutants];
    await Promise.all(
      Array.from({ length: copies }, async (_, index) => {
        const copy = await CopyOfApp.create();
        after(() => copy.remove());
        if (index === 0) whole = await testsOfAll(copy);
        for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
          verdicts.set(mutant, await tryOut(mutant, copy));
        }
      }),
    );
  });

  it('passes the tests as it is', () => {
    assert.ok(whole.length >= mutants.length, `${whole.length} tests ran`);
    assert.deepEqual(
      whole.filter(({ passed }) => !passed),
      [],
    );
  });

  for (const mutant of mutants) {
    const { safeguard, test } = mutant;
    it(`fails ${label(test)} without: ${safeguard}`, (t) => {
      const result = verdicts.get(mutant);
      if (!result || result instanceof Error) throw result ?? new Error('it was not tried');
      assert.ok(result.length > 0, 'no test ran');
      const red = result.find(({ passed, code = '' }) => !passed && TELLING.test(code));
      const hung = result.find(({ isTimeout }) => isTimeout);
      const others = result.filter(({ passed }) => !passed).map(({ message }) => message);
      assert.ok(red ?? hung, `no assertion failed; ${others.join('; ') || 'all passed'}`);
      t.diagnostic(red ? `${red.name}: ${firstLine(red.message)}` : `${hung?.name}: hangs`);
    });
  }
});

async function tryOut(mutant: Mutant, copy: CopyOfApp): Promise<readonly Verdict[] | Error> {
  try {
    return await copy.edited(mutant, () => copy.test(mutant.test));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function testsOfAll(copy: CopyOfApp): Promise<readonly Verdict[]> {
  const tests = mutants.map(({ test }) => test);
  const named = await copy.test(...tests.filter(({ only }) => only !== undefined));
  return [...named, ...(await copy.test(...tests.filter(({ only }) => only === undefined)))];
}

function label({ file, only }: TestChoice): string {
  return only === undefined ? file : `${file} (${only.replaceAll('\\', '')})`;
}

function firstLine(message = ''): string {
  return (
    message
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.slice(0, 200) ?? ''
  );
}
