// An embedded Azure with subscriptions of many resources, and the deployed app's identity as a reader of them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { BlobClient } from '@azure/storage-blob';
import type { JournalEntry } from '../../local/azure/journal.ts';
import { type LocalAzure, startAzure } from '../../local/azure/start-azure.ts';
import { installRedirect } from '../../local/redirect/redirect.ts';
import { type DeployedApp, deployApp } from '../shared/deployed-app.ts';
import { credentialOf, grant } from '../support/local-azure.ts';
import type { ScanMeasure } from './scan-app.ts';

const CHILD = join(import.meta.dirname, 'scan-app.ts');
const PRELOADS = ['stripped-sources.mjs', 'redirect/preload.ts'].map((file) =>
  join(import.meta.dirname, '../../local', file),
);
/** Azure: so many resources of a type lie in one group at most. */
const GROUP_SIZE = 800;
const MONTH_MS = 30 * 86_400_000;

/** A scan as its process and the door of Resource Manager saw it. */
export interface SeenScan extends ScanMeasure {
  /** Answers of Resource Manager, by status. */
  readonly answers: Readonly<Record<string, number>>;
  readonly requests: readonly string[];
  /** From its first answer to its last. */
  readonly answeredMs: number;
}

export class ScanWorld {
  readonly azure: LocalAzure;
  readonly #app: DeployedApp;
  readonly #stop: () => Promise<void>;

  private constructor(azure: LocalAzure, app: DeployedApp, stop: () => Promise<void>) {
    this.azure = azure;
    this.#app = app;
    this.#stop = stop;
  }

  static async start(): Promise<ScanWorld> {
    const stateDirectory = mkdtempSync(join(tmpdir(), 'scan-bench-'));
    const azure = await startAzure({ stateDirectory });
    const undo = installRedirect(azure.redirect);
    tls.setDefaultCACertificates([
      ...tls.getCACertificates('default'),
      azure.certificateAuthority.certificatePem,
    ]);
    const app = await deployApp(azure);
    return new ScanWorld(azure, app, async () => {
      undo();
      await azure.stop();
      rmSync(stateDirectory, { recursive: true, force: true });
    });
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  /** Returns the scope. Each hundredth resource is a minute old, all others a month. */
  addSubscription(subscriptionId: string, resources: number): string {
    const scope = `/subscriptions/${subscriptionId}`;
    const { resourceManager } = this.azure;
    resourceManager.addSubscription({ subscriptionId, displayName: `${resources} resources` });
    grant(this.azure, this.#identity, 'Reader', scope);
    for (let index = 0; index < resources; index++) {
      const group = `rg-${Math.floor(index / GROUP_SIZE)}`;
      if (index % GROUP_SIZE === 0) {
        resourceManager.addResourceGroup({ subscriptionId, name: group, location: 'westeurope' });
      }
      this.addDisk(
        `${scope}/resourceGroups/${group}`,
        index,
        index % 100 === 0 ? 60_000 : MONTH_MS,
      );
    }
    return scope;
  }

  addDisk(group: string, index: number, ageMs: number): void {
    const createdTime = new Date(Date.now() - ageMs).toISOString().replace('Z', '0000Z');
    const name = `disk-${index}`;
    this.azure.resourceManager.addResource({
      ...{ id: `${group}/providers/Microsoft.Compute/disks/${name}`, name },
      ...{ type: 'Microsoft.Compute/disks', apiVersion: '2024-03-02', location: 'westeurope' },
      tags: { costCentre: String(index % 17), stage: 'test' },
      sku: { name: 'Premium_LRS', tier: 'Premium' },
      properties: { diskSizeGB: 32, provisioningState: 'Succeeded' },
      ...{ createdTime, changedTime: createdTime },
    });
  }

  /** As if the app had never scanned before. */
  async firstScan(settings: Readonly<Record<string, string>>): Promise<SeenScan> {
    const url = `${this.#app.settings.SCAN_STATE_CONTAINER_URL}/scan-checkpoint.json`;
    await new BlobClient(url, credentialOf(this.azure, this.#identity)).deleteIfExists();
    return this.scan(settings);
  }

  /** One run in a fresh process. */
  async scan(settings: Readonly<Record<string, string>>): Promise<SeenScan> {
    const since = this.azure.journal.position;
    const child = fork(CHILD, {
      env: this.#environment(settings),
      // Node's own sizes, as the worker in Azure has them.
      execArgv: PRELOADS.flatMap((file) => ['--import', file]),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the scan ended with ${code}`);
    });
    const [measure] = (await Promise.race([once(child, 'message'), ended])) as [ScanMeasure];
    ended.catch(() => {});
    const seen = this.azure.journal.since(since).filter(isArmRequest);
    return {
      ...measure,
      answers: Object.fromEntries(
        [...Map.groupBy(seen, ({ status }) => status)].map(([status, all]) => [status, all.length]),
      ),
      answeredMs: (seen.at(-1)?.atMs ?? 0) - (seen[0]?.atMs ?? 0),
      requests: seen.map(({ method, target }) => `${method} ${target.replace(/\?.*/, '')}`),
    };
  }

  get #identity() {
    const found = this.azure.directory.findByClientId(this.#app.settings.AZURE_CLIENT_ID ?? '');
    if (!found) throw new Error('the app has no identity');
    return found;
  }

  #environment(settings: Readonly<Record<string, string>>) {
    const { azure } = this;
    return {
      PATH: process.env.PATH,
      ...this.#app.settings,
      ...azure.identityEnvironmentOf(this.#app.siteId),
      NODE_EXTRA_CA_CERTS: azure.certificateAuthority.certificatePath,
      LOCAL_AZURE_REDIRECT: JSON.stringify(azure.redirect),
      ...settings,
    };
  }
}

function isArmRequest(entry: JournalEntry): entry is Extract<JournalEntry, { kind: 'request' }> {
  return entry.kind === 'request' && entry.door === 'resource-manager';
}
