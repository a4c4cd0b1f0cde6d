// The witness of all other tests: in order, awaitable, and with no secret in it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Journal, type JournalFact } from '../../../local/azure/journal.ts';
import { addIdentity, useLocalAzure } from '../../support/local-azure.ts';
import { StillClock } from '../../support/still-clock.ts';

const request = (target: string): JournalFact => ({
  ...{ kind: 'request', door: 'blob', method: 'GET', host: 'a', target, status: 200 },
});
const isAt = (target: string) => (entry: JournalFact) =>
  entry.kind === 'request' && entry.target === target;

describe('the journal', () => {
  it('keeps what happened in order, numbered without a gap, under the clock of the embedded Azure', () => {
    const clock = new StillClock();
    const journal = new Journal(clock);
    for (const target of ['/1', '/2', '/3']) {
      journal.record(request(target));
      clock.advanceMs(1000);
    }
    const entries = journal.since();
    assert.deepEqual(
      entries.map((entry) => entry.kind === 'request' && [entry.sequence, entry.target]),
      [
        [1, '/1'],
        [2, '/2'],
        [3, '/3'],
      ],
    );
    assert.deepEqual(
      entries.map(({ atMs }) => atMs - clock.nowMs()),
      [-3000, -2000, -1000],
    );
    assert.equal(journal.position, 3);
    assert.deepEqual(journal.since(2).map(isAt('/3')), [true]);
    assert.deepEqual(journal.since(3), []);
  });

  it('can be awaited: for what has been, for what comes, from a position on, and not for ever', async () => {
    const journal = new Journal(new StillClock());
    journal.record(request('/old'));
    const has = await journal.waitFor('the old one', isAt('/old'), { timeoutMs: 1 });
    assert.equal(has.sequence, 1);
    const since = journal.position;
    const coming = journal.waitFor('one more', isAt('/old'), { since });
    journal.record(request('/other'));
    journal.record(request('/old'));
    assert.equal((await coming).sequence, 3);
    await assert.rejects(
      journal.waitFor('a wonder', isAt('/never'), { timeoutMs: 5 }),
      /^Error: not in the journal within 5 ms: a wonder$/,
    );
  });
});

describe('a secret that a client puts where none belongs', async () => {
  const azure = await useLocalAzure();
  const { accessToken } = await azure.tokens.issue(
    addIdentity(azure, 'careless'),
    'https://management.azure.com',
  );
  const signature = 'canary+of/a+signature%3D';
  const places = {
    'a token in the query': `https://management.azure.com/subscriptions?api-version=2022-12-01&access_token=${accessToken}&x=1`,
    'a token in the path': `https://kv-x.vault.azure.net/secrets/${accessToken}?api-version=7.4`,
    'a token without its signature': `https://graph.microsoft.com/v1.0/${accessToken.slice(0, accessToken.lastIndexOf('.'))}`,
    'the signature of a SAS': `https://st.blob.core.windows.net/c/b?sv=2024-11-04&sig=${signature}&sr=b`,
    'the signature under a name in escapes': `https://st.blob.core.windows.net/c/b?%73%49g=${signature}`,
  };
  const pieces = [...accessToken.split('.'), signature];

  for (const [place, address] of Object.entries(places)) {
    it(`is not in the journal: ${place}, with a fault or without`, async () => {
      const since = azure.journal.position;
      await (await fetch(address)).arrayBuffer();
      for (const door of ['resource-manager', 'key-vault', 'graph', 'blob'] as const) {
        azure.faults.arm({ door, fault: { kind: 'status', status: 503 } });
      }
      await (await fetch(address)).arrayBuffer();
      azure.faults.clear();
      const entries = azure.journal.since(since);
      assert.deepEqual(
        entries.map(({ kind }) => kind),
        ['request', 'fault'],
      );
      const told = JSON.stringify(entries);
      for (const piece of pieces) assert.ok(!told.includes(piece), told);
      assert.ok(told.includes('…'));
    });
  }
});
