// Row 12 at Azure SQL: a token counts at the login only, so one that ends must cost nothing but a new one for the next.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { operations } from '../../shared/operations.ts';
import { deployApp } from '../shared/deployed-app.ts';
import { useLocalAzure } from '../support/local-azure.ts';
import { RECOVERY_MS } from './promises.ts';

const HOUR_MS = 3_600_000;

const azure = await useLocalAzure({ tokenLifetimeSeconds: 3_600 });
const app = await deployApp(azure);

/** The app's parts, fresh; the clock must stand by then. */
function open(t: TestContext) {
  const { database, close } = app.createServices();
  t.after(close);
  const operation = operations.readInventory(database.scope);
  const list = () => database.query('SELECT TOP (1) Name FROM inventory.Resource;', { operation });
  /** Two at once, of which the first keeps its connection for a while: the other asks for one of its own. */
  const listTwice = () => {
    const fault = { kind: 'slow', delayMs: 300 } as const;
    azure.faults.arm({ door: 'sql', operation: 'RPC sp_executesql', fault });
    return Promise.all([list(), list()]);
  };
  return { list, listTwice };
}

/** What the doors saw. */
function seenSince(position: number) {
  const entries = azure.journal.since(position);
  const logins = entries.flatMap((entry) =>
    entry.kind === 'sql' && entry.operation === 'login' ? [entry.number ?? 0] : [],
  );
  return { logins, tokens: entries.filter(({ kind }) => kind === 'token').length };
}

async function seen(work: () => Promise<unknown>) {
  const { position } = azure.journal;
  await work();
  return seenSince(position);
}

/** Of this process, and so of the app and of Azure. */
function moveDate(t: TestContext): (milliseconds: number) => void {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  return (milliseconds) => t.mock.timers.setTime(Date.now() + milliseconds);
}

it('Row 12: a token ends in the pool: open connections live on, a new one gets a new token', async (t) => {
  const pass = moveDate(t);
  const { list, listTwice } = open(t);
  const first = await seen(list);
  assert.equal(first.tokens, 1);

  pass(2 * HOUR_MS);
  const alone = await seen(list);
  assert.deepEqual(alone, { logins: [], tokens: 0 }, 'the open connection serves');
  const another = await seen(listTwice);
  assert.deepEqual(another, { logins: [0], tokens: 1 }, 'one more, with a token of its own');

  pass(2 * HOUR_MS);
  const both = await seen(listTwice);
  assert.deepEqual(both, { logins: [], tokens: 0 }, 'now two serve');
});

it('Row 12: and no new one is to be had: the open connection serves both until there is', async (t) => {
  const pass = moveDate(t);
  pass(6 * HOUR_MS); // past the tokens of the test before, which msal-node keeps for the whole process
  const { list, listTwice } = open(t);
  await list();
  pass(2 * HOUR_MS);
  await azure.closeDoor('app-service-identity');
  t.after(() => azure.openDoor('app-service-identity'));
  const without = await seen(listTwice);
  assert.deepEqual(without, { logins: [], tokens: 0 });
  const since = azure.journal.position;
  await azure.openDoor('app-service-identity');
  const endsAtMs = performance.now() + RECOVERY_MS;
  // Its connection may come too late for the two that asked for it.
  for (; seenSince(since).logins.length === 0; await listTwice()) {
    assert.ok(performance.now() < endsAtMs, 'no connection more');
  }
  assert.deepEqual(seenSince(since), { logins: [0], tokens: 1 });
});
