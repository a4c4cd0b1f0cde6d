// Findings on their way from the topic through the trigger into the database, while the server goes away, connections
// are reset, answers are lost, and messages come again.
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MovableClock } from '../../local/azure/clock.ts';
import { appSettingsOf } from '../../local/run-app.ts';
import { toResourceEvent } from '../../shared/inventory/resource-event.ts';
import { operations } from '../../shared/operations.ts';
import { toMessage } from '../../shared/publish/to-message.ts';
import { eventIdOf, type Finding } from '../../shared/scan/finding.ts';
import { createServices } from '../../shared/services.ts';
import { deploySite, resourcesIn, startApp } from '../end-to-end/start-deployed-app.ts';
import { useLocalAzure } from '../support/local-azure.ts';

/** By hand: `FINDINGS=10000 node --test test/faults/recorded-findings.test.ts`. */
const FINDINGS = Number(process.env.FINDINGS ?? 1_000);
const GROUP = 'rg-recorded';
const TYPE = 'Microsoft.Compute/disks';
/** Longer than the lock of a message. */
const LOCK_MS = 61_000;

const clock = new MovableClock();
const azure = await useLocalAzure({ clock });
const site = await deploySite(azure, {
  group: GROUP,
  parameters: { messaging: true, scanSchedule: '0 0 3 1 1 *' },
});
Object.assign(process.env, azure.identityEnvironmentOf(site.id), { WEBSITE_SITE_NAME: site.name });
const settings = appSettingsOf(azure, site.id);
const services = createServices(settings);
after(() => services.close());
const { SERVICE_BUS_TOPIC = '', SERVICE_BUS_SUBSCRIPTION = '', SCAN_SCOPES = '' } = settings;
const subscriptionId =
  resourcesIn(azure, GROUP).find(
    ({ name, type }) =>
      type.endsWith('topics/subscriptions') && name.endsWith(SERVICE_BUS_SUBSCRIPTION),
  )?.id ?? '';

function findingOf(number: number): Finding {
  const [scope = ''] = SCAN_SCOPES.split(',');
  const name = `disk-${number}`;
  const id = `${scope}/providers/${TYPE}/${name}`;
  const createdTime = new Date(Date.UTC(2026, 0, 1) + number).toISOString();
  return { eventId: eventIdOf(id, createdTime), id, type: TYPE, name, createdTime };
}

/** As a scan does. `suffix`: of the message ids, for what comes when the topic has forgotten the first. */
async function publish(findings: readonly Finding[], suffix = ''): Promise<void> {
  const messages = findings.map((finding) => {
    const event = toResourceEvent(finding);
    const message = toMessage(event, JSON.stringify(event));
    return { ...message, messageId: `${message.messageId}${suffix}` };
  });
  const batches = await services.serviceBus.prepare(SERVICE_BUS_TOPIC, messages);
  await batches.send(() => {});
}

/** Messages that nobody has completed; none was given up. */
function left(): number {
  const counts = azure.messaging.serviceBus.countMessages?.(subscriptionId);
  assert.ok(counts);
  assert.equal(counts.deadLetterMessageCount, 0, 'messages were given up');
  return counts.activeMessageCount;
}

async function whenAtMost(count: number): Promise<void> {
  const endsAtMs = performance.now() + 20_000 + 10 * FINDINGS;
  while (left() > count) {
    assert.ok(performance.now() < endsAtMs, `${left()} messages are still there`);
    await sleep(5);
  }
}

/** The server is gone; what the app has in hand meanwhile loses its lock, and comes again. */
async function goAway(): Promise<void> {
  await azure.closeDoor('sql');
  clock.advanceMs(LOCK_MS);
  await sleep(300);
  await azure.openDoor('sql');
}

async function countRows() {
  const rows = await services.database.query<{ readonly Rows: number; readonly Ids: number }>(
    `SELECT COUNT(*) AS Rows, COUNT(DISTINCT ResourceId) AS Ids FROM inventory.Resource WHERE Type = '${TYPE}';`,
    { operation: operations.readInventory(services.database.scope) },
  );
  return { ...rows[0] };
}

it(`Rows 30, 31, 40: ${FINDINGS} findings through the trigger, the server gone twice, connections reset, locks lost: each is one row`, async (t) => {
  const findings = Array.from({ length: FINDINGS }, (_, number) => findingOf(number));
  const twice = findings.filter((_, number) => number % 10 === 0);
  await publish(findings);
  await publish(findings); // in doubt, while the topic remembers
  await publish(twice, '-again');
  const messages = FINDINGS + twice.length;
  assert.equal(left(), messages);
  const since = azure.journal.position;
  for (const [index, kind] of (['cutRequest', 'cutResponse'] as const).entries()) {
    azure.faults.arm({
      ...{ door: 'sql', operation: 'RPC inventory.*', times: 'always' },
      ...{ share: 0.01, seed: 40 + index },
      fault: { kind, atPercent: 0, afterwards: 'rst' },
    });
  }
  const app = await startApp(azure, site);
  t.after(() => app.stop());
  const startedMs = performance.now();
  for (const share of [2 / 3, 1 / 3]) {
    await whenAtMost(messages * share);
    await goAway();
  }
  await whenAtMost(0);
  const seconds = (performance.now() - startedMs) / 1000;
  const faults = azure.journal.since(since).filter(({ kind }) => kind === 'fault').length;
  assert.ok(faults > 0, 'no connection was reset');
  azure.faults.clear();
  assert.deepEqual(await countRows(), { Rows: FINDINGS, Ids: FINDINGS });
  const deliveries = app.output().match(/Executing 'Functions\.recordResource'/g)?.length ?? 0;
  assert.ok(deliveries > messages, 'no message came again');
  t.diagnostic(
    `${seconds.toFixed(1)} s, ${faults} requests or answers lost, ${messages} messages delivered ${deliveries} times`,
  );
});
