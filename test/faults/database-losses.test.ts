// Findings on their way into the database while the server goes away, connections are reset and answers are lost.
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { recordFinding } from '../../shared/inventory/record-finding.ts';
import { operations } from '../../shared/operations.ts';
import { eventIdOf, type Finding } from '../../shared/scan/finding.ts';
import { deployApp } from '../shared/deployed-app.ts';
import { useLocalAzure } from '../support/local-azure.ts';

/** By hand: `FINDINGS=10000 node --test test/faults/database-losses.test.ts`. */
const FINDINGS = Number(process.env.FINDINGS ?? 600);
const AT_ONCE = 10;

const azure = await useLocalAzure();
const app = await deployApp(azure);
const services = app.createServices();
after(() => services.close());

function findingOf(number: number): Finding {
  const id = `/subscriptions/aaaa0a0a-bb1b-cc2c-dd3d-eeeeee4e4e4e/resourceGroups/rg/providers/T/t/n${number}`;
  const createdTime = new Date(Date.UTC(2026, 10, 25) + number).toISOString();
  return { eventId: eventIdOf(id, createdTime), id, type: 'T/t', name: `n${number}`, createdTime };
}

/** As a message that comes again until its handler has returned. */
async function deliver(number: number): Promise<number> {
  for (let delivery = 1; ; delivery++) {
    try {
      await recordFinding(findingOf(number), services.database);
      return delivery;
    } catch {
      assert.ok(delivery < 50, `finding ${number} never arrives`);
    }
  }
}

it(`Row 40: ${FINDINGS} findings, the server gone twice, connections reset, answers lost: each is one row`, async () => {
  const rules = [
    { kind: 'cutRequest', atPercent: 0, afterwards: 'rst' },
    { kind: 'cutResponse', atPercent: 0, afterwards: 'rst' },
  ] as const;
  const orders = rules.map((fault, index) =>
    azure.faults.arm({
      ...{ door: 'sql', operation: 'RPC *', fault },
      ...{ times: 'always', share: 0.01, seed: 40 + index },
    }),
  );
  const numbers = Array.from({ length: FINDINGS }, (_, number) => number);
  const gone = [Math.floor(FINDINGS / 3), Math.floor((2 * FINDINGS) / 3)];
  const since = azure.journal.position;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
        if (gone.includes(number)) {
          await azure.closeDoor('sql');
          setTimeout(() => void azure.openDoor('sql'), 300);
        }
        await deliver(number);
        // Every tenth message comes twice: its completion was lost.
        if (number % 10 === 0) await deliver(number);
      }
    }),
  );
  for (const order of orders) azure.faults.withdraw(order);
  const faults = azure.journal.since(since).filter(({ kind }) => kind === 'fault').length;
  assert.ok(faults > 0, 'no connection was reset');
  const rows = await services.database.query<{ readonly Rows: number; readonly Ids: number }>(
    'SELECT COUNT(*) AS Rows, COUNT(DISTINCT ResourceId) AS Ids FROM inventory.Resource;',
    { operation: operations.readInventory(services.database.scope) },
  );
  assert.deepEqual({ ...rows[0] }, { Rows: FINDINGS, Ids: FINDINGS });
});
