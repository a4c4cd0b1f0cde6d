// The embedded Azure of a test file with as many apps as it has cases, and its doors at hand to go wrong.
import type { Door } from '../../local/azure/doors.ts';
import type { Fault, FaultOrder } from '../../local/azure/faults/fault.ts';
import type { AzureOptions, LocalAzure } from '../../local/azure/start-azure.ts';
import { grant, useLocalAzure } from '../support/local-azure.ts';
import {
  deployCases,
  type FaultCase,
  type Machine,
  machineIdOf,
  type ServiceOptions,
} from './deploy-cases.ts';
import { WatchedApp } from './watched-app.ts';

export interface ArmedFault {
  /** How many calls it has hit, by the journal. */
  hits(): number;
  end(): void;
}

export class FaultLab {
  readonly azure: LocalAzure;
  readonly #cases: FaultCase[];

  constructor(azure: LocalAzure, cases: FaultCase[]) {
    this.azure = azure;
    this.#cases = cases;
  }

  /** The app of a case that nobody has used yet. */
  app(...options: ServiceOptions): WatchedApp {
    const unused = this.#cases.pop();
    if (!unused) throw new RangeError('more tests than cases');
    return new WatchedApp(this.azure, unused, unused.createServices(...options));
  }

  /** On every call of the app at the door until it is ended, or as `order` says. */
  arm(
    app: WatchedApp,
    door: Door,
    fault: Fault,
    order: Partial<FaultOrder> = { times: 'always' },
  ): ArmedFault {
    const { position } = this.azure.journal;
    const operation = app.fault.operationAt(door);
    const id = this.azure.faults.arm({ door, operation, ...order, fault });
    return {
      hits: () => this.#faultsTaken(app, door, position),
      end: () => this.azure.faults.withdraw(id),
    };
  }

  /** Another process of the same app: the same settings, nothing remembered. */
  again(app: WatchedApp): WatchedApp {
    return new WatchedApp(this.azure, app.fault, app.fault.createServices(), app.published);
  }

  /** As the app itself, which never does. */
  async deleteBlob({ fault, services }: WatchedApp, name: string): Promise<void> {
    const { BlobClient } = await import('@azure/storage-blob');
    const address = `${fault.settings.SCAN_STATE_CONTAINER_URL}/${name}`;
    await new BlobClient(address, services.credential).delete();
  }

  grantReader(app: WatchedApp, scope: string): void {
    grant(this.azure, app.fault, 'Reader', scope);
  }

  /** Tokens that the app was given after `since`, by the journal. */
  tokensGiven(app: WatchedApp, since = 0): number {
    return this.azure.journal
      .since(since)
      .filter((entry) => entry.kind === 'token' && entry.clientId === app.fault.clientId).length;
  }

  /** Requests of the app that the door has answered after `since`, by the journal. */
  requestsAt(app: WatchedApp, door: Door, since = 0): readonly string[] {
    const own = app.fault.operationAt(door).replaceAll('*', '').toLowerCase();
    return this.azure.journal
      .since(since)
      .flatMap((entry) =>
        entry.kind === 'request' && entry.door === door && entry.target.toLowerCase().includes(own)
          ? [`${entry.method} ${entry.target} ${entry.status}`]
          : [],
      );
  }

  #faultsTaken(app: WatchedApp, door: Door, since: number): number {
    const own = app.fault.operationAt(door).replaceAll('*', '').toLowerCase();
    return this.azure.journal
      .since(since)
      .filter(
        (entry) =>
          entry.kind === 'fault' &&
          entry.door === door &&
          entry.operation.toLowerCase().includes(own),
      ).length;
  }
}

/**
 * Starts and deploys, and uses one app once, so that the SDKs are loaded before anything is timed.
 * The machine's identity endpoint is then in the environment of this process, or IMDS in reach of it: msal-node keeps
 * to the first that it has seen, so a test file has one machine. Call it at the top level of the file.
 */
export async function openFaultLab(
  cases: number,
  { machine = 'function app', ...options }: Partial<AzureOptions> & { machine?: Machine } = {},
): Promise<FaultLab> {
  const azure = await useLocalAzure(options);
  const lab = new FaultLab(azure, await deployCases(azure, cases + 1, machine));
  const machineId = machineIdOf(machine);
  if (machine === 'function app') {
    Object.assign(process.env, azure.identityEnvironmentOf(machineId), {
      WEBSITE_SITE_NAME: 'func-faults',
    });
  } else {
    for (const name of SET_BY_APP_SERVICE) delete process.env[name];
    azure.trustRedirect(await azure.startImds(machineId));
  }
  const first = lab.app();
  await first.fault.createResources(1);
  await first.scanFinishes();
  await first.works('diagnose');
  return lab;
}

/** And by many a build machine: CONTAINER_NAME. */
const SET_BY_APP_SERVICE = [
  'IDENTITY_ENDPOINT',
  'IDENTITY_HEADER',
  'MSI_ENDPOINT',
  'MSI_SECRET',
  'WEBSITE_SITE_NAME',
  'WEBSITE_INSTANCE_ID',
  'CONTAINER_NAME',
];
