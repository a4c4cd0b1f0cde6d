// npm start -- --print-environment: what a client in another shell, in any language, needs to be the deployed app.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import tls from 'node:tls';
import type { LocalAzure } from './azure/start-azure.ts';
import { tenantId } from './azure/tenant.ts';
import { startForwardProxy } from './forward-proxy.ts';
import { appSettingsOf } from './run-app.ts';

const PRELOAD = new URL('./redirect/preload.ts', import.meta.url).href;

export interface PrintedEnvironment {
  /** Lines for a shell: comments and `export NAME='value'`. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/**
 * The environment of the app `siteId` for a foreign client. It holds the app's identity header and the control
 * secret: whoever reads it can get the app's tokens. Opens an IMDS for the app's identities and a proxy; `stop` ends
 * the proxy.
 */
export async function printEnvironment(
  azure: LocalAzure,
  siteId: string,
): Promise<PrintedEnvironment> {
  const redirect = { ...azure.redirect, ...(await azure.startImds(siteId)) };
  const proxy = await startForwardProxy(redirect);
  const { certificatePath } = azure.certificateAuthority;
  const [, , subscriptionId = '', , resourceGroup = ''] = siteId.split('/');
  const settings = Object.entries(appSettingsOf(azure, siteId));
  const sections: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    [
      'The identity of the deployed app. IDENTITY_HEADER and MSI_SECRET are secrets: with them anybody gets its tokens.',
      {
        ...azure.identityEnvironmentOf(siteId),
        // az takes MSI_ENDPOINT for App Service's only beside this, which App Service sets for every app.
        APPSETTING_WEBSITE_SITE_NAME: siteId.slice(siteId.lastIndexOf('/') + 1),
        ...pick(settings, (name) => name === 'AZURE_CLIENT_ID'),
        AZURE_TENANT_ID: tenantId,
        AZURE_SUBSCRIPTION_ID: subscriptionId,
        AZURE_RESOURCE_GROUP: resourceGroup,
      },
    ],
    ["Addresses among the app's settings.", pick(settings, (_, value) => isAddress(value))],
    [
      'Node 22.18 and later: a process finds the embedded Azure behind the names of the real one.',
      {
        NODE_OPTIONS: `--import ${PRELOAD}`,
        NODE_EXTRA_CA_CERTS: certificatePath,
        LOCAL_AZURE_REDIRECT: JSON.stringify(redirect),
      },
    ],
    [
      'Python, az, Go, .NET, curl: by a proxy that leads to the embedded Azure and nowhere else.',
      {
        ...bothCases('HTTPS_PROXY', proxy.address),
        ...bothCases('HTTP_PROXY', proxy.address),
        ...bothCases('NO_PROXY', '127.0.0.1,localhost'),
        ...Object.fromEntries(
          ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'].map((name) => [
            name,
            writeWholeBundle(azure),
          ]),
        ),
      },
    ],
    ['The doors themselves.', doorAddresses(azure, redirect)],
    [
      'Directs the embedded Azure (faults, limits, clock, journal). The secret opens it.',
      azure.controlEnvironment,
    ],
  ];
  const exports = sections.flatMap(([comment, variables]) => [
    `# ${comment}`,
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`),
  ]);
  const lines = [
    '# To be evaluated by the shell of another client; good until this process ends.',
    ...exports,
  ];
  return { lines, stop: () => proxy.stop() };
}

/** `LOCAL_AZURE_KEY_VAULT=https://127.0.0.1:41000`: TLS and Host want the production name. */
function doorAddresses(azure: LocalAzure, redirect: Readonly<Record<string, number>>) {
  const imds = redirect['169.254.169.254:80'];
  const ports = { ...azure.ports, ...(imds !== undefined && { imds }) };
  return Object.fromEntries(
    Object.entries(ports)
      .filter(([door]) => door !== 'control' && door !== 'app-service-identity')
      .map(([door, port]) => {
        const scheme = door === 'imds' ? 'http' : 'https';
        const name = `LOCAL_AZURE_${door.toUpperCase().replaceAll('-', '_')}`;
        return [name, `${scheme}://127.0.0.1:${port}`];
      }),
  );
}

/** These variables take one file that stands for all: the public authorities are in it too. */
function writeWholeBundle(azure: LocalAzure): string {
  const { certificatePath, certificatePem } = azure.certificateAuthority;
  const path = join(dirname(certificatePath), 'all-authorities.pem');
  const all = [...tls.getCACertificates('bundled'), certificatePem];
  writeFileSync(path, all.map((pem) => pem.trim()).join('\n'), { mode: 0o600 });
  return path;
}

/** curl reads only the lower-case names of http proxies, others only the upper-case ones. */
function bothCases(name: string, value: string): Record<string, string> {
  return { [name]: value, [name.toLowerCase()]: value };
}

function pick(
  settings: readonly (readonly [string, string])[],
  fits: (name: string, value: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(settings.filter(([name, value]) => fits(name, value)));
}

/** Nothing but an address: a connection string, which may hold a key, is not printed. */
function isAddress(value: string): boolean {
  return /^https:\/\/[\w./-]+$/.test(value);
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
