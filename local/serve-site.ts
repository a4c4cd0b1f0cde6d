import type { LocalAzure } from './azure/start-azure.ts';

/** A program of this machine, as the one of a site or slot. */
export interface ServedSite {
  /** Name of the site, or `site/slot`. */
  readonly name: string;
  /** `http://localhost:5000` */
  readonly address: string;
}

/** `SITE=http://localhost:5000`. Throws a sentence about what is none, or is not on this machine. */
export function parseServedSite(text: string): ServedSite {
  const [, name, address = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isHere = url?.protocol === 'http:' && /^(localhost|127\.0\.0\.1)$/.test(url.hostname);
  if (name !== undefined && url && isHere && url.pathname === '/') {
    return { name, address: url.origin };
  }
  throw new Error(`--serve must be SITE=http://localhost:PORT, not '${text}'.`);
}

/**
 * Puts the program behind the site's own https name and its authentication. Returns one line for the terminal.
 * Throws a sentence that names the sites, unless one is called so.
 */
export function serveSite(azure: LocalAzure, { name, address }: ServedSite): string {
  const sites = azure.resourceManager
    .listResources()
    .filter(({ type }) => /^Microsoft\.Web\/sites(\/slots)?$/i.test(type));
  const site = sites.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!site) {
    const names = sites.map((each) => each.name).join(', ');
    throw new Error(`No site is called '${name}'. There are: ${names || 'none'}.`);
  }
  azure.serveSite(site.id, address);
  return `https://${String(site.properties.defaultHostName)} is served by ${address}`;
}
