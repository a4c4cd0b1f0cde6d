// An embedded Azure with our template and an Azure SQL of its own, beside others in this process.
import assert from 'node:assert/strict';
import dns from 'node:dns';
import type { Principal } from '../../local/azure/directory.ts';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import { installRedirect } from '../../local/redirect/redirect.ts';
import { identityOf } from '../end-to-end/start-deployed-app.ts';
import { type DeployedApp, deployApp } from '../shared/deployed-app.ts';
import { useLocalAzure } from '../support/local-azure.ts';

/** At the top level of a file. `number`: another for each in the process. */
export async function openSeat(number: number): Promise<Seat> {
  const azure = await useLocalAzure();
  const app = await deployApp(azure, { environmentName: `seat${number}` });
  return new Seat(azure, app, `127.0.0.${10 + number}`);
}

/** One Azure with the template on it. */
export class Seat {
  readonly azure: LocalAzure;
  readonly app: DeployedApp;
  /** Loopback, of this seat alone. */
  readonly address: string;
  readonly server: string;
  readonly principal: Principal;

  constructor(azure: LocalAzure, app: DeployedApp, address: string) {
    this.azure = azure;
    this.app = app;
    this.address = address;
    this.server = app.settings.SQL_SERVER ?? '';
    const site = azure.resourceManager.findResource(app.siteId);
    assert.ok(site);
    this.principal = identityOf(azure, site);
  }
}

/** Names of servers then lead to their seats. Returns the undo. */
export function installSeats(seats: readonly Seat[]): () => void {
  const undo = [
    installAddresses(seats),
    installRedirect(Object.assign({}, ...seats.map(redirect))),
  ];
  return () => {
    for (const step of undo.reverse()) step();
  };
}

/** tedious looks a name up by itself and connects to the address, which then has to tell the seat. */
function installAddresses(seats: readonly Seat[]): () => void {
  const { lookup } = dns;
  const patched = (host: string, options: unknown, ...rest: unknown[]) => {
    const seat = seats.find(({ server }) => server === host);
    const callback = [options, ...rest].at(-1) as (error: null, ...found: unknown[]) => void;
    if (!seat) return Reflect.apply(lookup, dns, [host, options, ...rest]);
    const found = { address: seat.address, family: 4 };
    const all = (options as { all?: boolean }).all === true;
    process.nextTick(() => (all ? callback(null, [found]) : callback(null, found.address, 4)));
  };
  dns.lookup = Object.assign(patched, lookup) as typeof dns.lookup;
  return () => {
    dns.lookup = lookup;
  };
}

function redirect({ address, azure }: Seat): Record<string, number> {
  return { [`${address}:1433`]: azure.ports.sql ?? 0 };
}
