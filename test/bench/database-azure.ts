// The embedded Azure as a process of its own, with our template on it, and the app in another one when asked for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAzure } from '../../local/azure/start-azure.ts';
import { appSettingsOf } from '../../local/run-app.ts';
import { deploySite, resourcesIn, startApp } from '../end-to-end/start-deployed-app.ts';
import type { FromAzure, Recorded, Seen, ToAzure } from './database-process.ts';
import { processorSeconds, treeMemory } from './process-tree.ts';

const GROUP = 'rg-bench';
const LOOK_MS = 10;

const stateDirectory = mkdtempSync(join(tmpdir(), 'database-bench-'));
const azure = await startAzure({ stateDirectory });
const site = await deploySite(azure, {
  group: GROUP,
  // No run while it measures.
  parameters: { messaging: true, scanSchedule: '0 0 3 1 1 *' },
});
const resources = resourcesIn(azure, GROUP);
const idOf = (type: string) => resources.find((one) => one.type === type)?.id ?? '';
const settings = appSettingsOf(azure, site.id);

/** Batches of the server's administrator. */
async function runScript(batches: readonly string[]): Promise<void> {
  const serverId = idOf('Microsoft.Sql/servers');
  const server = azure.resourceManager.findResource(serverId);
  const administration = azure.resourceManager.findResource(
    `${serverId}/administrators/ActiveDirectory`,
  );
  const sid = String(administration?.properties.sid ?? '');
  const administrator = azure.directory.findByClientId(sid) ?? azure.directory.find(sid);
  if (!server || !administrator) throw new Error('the server has no administrator');
  const { accessToken } = await azure.tokens.issue(administrator, 'https://database.windows.net/');
  const { SQL_DATABASE: databaseName = '' } = settings;
  await azure.sql.runScript({ serverName: server.name, databaseName, accessToken, batches });
}

/** What the doors saw after `since`. */
function seenSince(since: number): Seen {
  const entries = azure.journal.since(since);
  return {
    position: azure.journal.position,
    tokens: entries.filter(({ kind }) => kind === 'token').length,
    logins: entries.filter((entry) => entry.kind === 'sql' && entry.operation === 'login').length,
  };
}

/** Of messages that wait: from a quarter of them to the last that is completed. */
async function runAppOverMessages(): Promise<Recorded> {
  const subscription = resources.find(
    ({ name, type }) =>
      type.endsWith('topics/subscriptions') &&
      name.endsWith(settings.SERVICE_BUS_SUBSCRIPTION ?? ''),
  );
  const left = () => {
    const counts = azure.messaging.serviceBus.countMessages?.(subscription?.id ?? '');
    if (!counts) throw new Error('there is no such subscription');
    if (counts.deadLetterMessageCount > 0) throw new Error('messages were given up');
    return counts.activeMessageCount;
  };
  const all = left();
  const app = await startApp(azure, site);
  const { pid = 0 } = app.process;
  const whenAtMost = async (count: number) => {
    while (left() > count) await sleep(LOOK_MS);
    return {
      left: left(),
      atMs: performance.now(),
      azure: processorSeconds(process.pid),
      app: processorSeconds(pid),
    };
  };
  try {
    const warm = await whenAtMost(all * 0.75);
    const end = await whenAtMost(0);
    const counted = warm.left;
    return {
      perSecond: counted / ((end.atMs - warm.atMs) / 1000),
      azureCpuMicroseconds: ((end.azure - warm.azure) / counted) * 1e6,
      appCpuMicroseconds: ((end.app - warm.app) / counted) * 1e6,
      appMegabytes: treeMemory(pid).resident,
    };
  } finally {
    await app.stop();
  }
}

const tell = (message: FromAzure) => process.send?.(message);

async function answer({ id, order }: ToAzure): Promise<FromAzure> {
  switch (order.kind) {
    case 'seen':
      return { id, value: seenSince(order.since) };
    case 'script':
      return { id, value: await runScript(order.batches) };
    case 'record':
      return { id, value: await runAppOverMessages() };
  }
}

process.on('message', (message: ToAzure) => {
  answer(message).then(tell, (error: unknown) => {
    tell({ id: message.id, error: error instanceof Error ? (error.stack ?? '') : String(error) });
  });
});
process.on('disconnect', () => {
  rmSync(stateDirectory, { recursive: true, force: true });
  process.exit();
});
tell({
  ready: {
    redirect: azure.redirect,
    certificate: azure.certificateAuthority.certificatePem,
    settings,
    environment: { ...azure.identityEnvironmentOf(site.id), WEBSITE_SITE_NAME: site.name },
  },
});
