// The embedded Azure with our template deployed, its ARM and blob doors behind witnesses.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { DoorWithoutSql } from '../../../local/azure/faults/fault.ts';
import { FaultPlan } from '../../../local/azure/faults/fault-plan.ts';
import { type LocalAzure, startAzure } from '../../../local/azure/start-azure.ts';
import { installRedirect } from '../../../local/redirect/redirect.ts';
import { type DeployedApp, deployApp } from '../../shared/deployed-app.ts';
import { AzureClock } from './process-time.ts';
import { type Exchange, openWitnessDoor, type Witness } from './witness-door.ts';

export interface EmbeddedAzure {
  readonly azure: LocalAzure;
  readonly app: DeployedApp;
  readonly clock: AzureClock;
  /** Of the witnesses' doors; the doors behind them are always well. */
  readonly faults: FaultPlan;
  /** Production `name:port` → loopback port of the witnesses, for a process of its own. */
  readonly redirect: Readonly<Record<string, number>>;
  /** Replaced by each history. */
  witnesses: { resourceManager: Witness; blob: Witness };
  stop(): Promise<void>;
}

const saw = (_: Exchange) => undefined;

export async function openEmbeddedAzure(): Promise<EmbeddedAzure> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'soak-'));
  const clock = new AzureClock();
  const azure = await startAzure({ stateDirectory, clock });
  const trusted = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...trusted, azure.certificateAuthority.certificatePem]);
  const faults = new FaultPlan(azure.journal);
  const open = (door: DoorWithoutSql, witness: () => Witness) =>
    openWitnessDoor({
      ...{ door, faults, witness, tls: azure.certificateAuthority.serverIdentity },
      port: azure.ports[door] ?? 0,
    });
  const doors = await Promise.all([
    open('resource-manager', () => embedded.witnesses.resourceManager),
    open('blob', () => embedded.witnesses.blob),
  ]);
  const [arm, blob] = doors;
  const redirect = {
    ...azure.redirect,
    'management.azure.com:443': arm.port,
    '.blob.core.windows.net:443': blob.port,
  };
  const undo = installRedirect(redirect);
  const embedded: EmbeddedAzure = {
    azure,
    app: await deployApp(azure),
    clock,
    faults,
    redirect,
    witnesses: { resourceManager: { saw }, blob: { saw } },
    async stop() {
      undo();
      tls.setDefaultCACertificates(trusted);
      await Promise.all(doors.map((door) => door.stop()));
      await azure.stop();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
  return embedded;
}
