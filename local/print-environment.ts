// npm start -- --print-environment: what a client in another shell, in any language, needs to be the deployed app, or
// with --print-environment-of another resource: a virtual machine, a slot, another app.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import tls from 'node:tls';
import type { LocalAzure } from './azure/start-azure.ts';
import { tenantId } from './azure/tenant.ts';
import { startForwardProxy } from './forward-proxy.ts';
import { appSettingsOf, siteEnvironment } from './run-app.ts';

const PRELOAD = new URL('./redirect/preload.ts', import.meta.url).href;

/** With IMDS and without App Service's endpoint. */
const IS_MACHINE = /\/providers\/Microsoft\.Compute\//i;

/** By these the SDKs take a shell that was an app before for one still. */
const SET_FOR_APPS = [
  ...['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'MSI_ENDPOINT', 'MSI_SECRET'],
  ...['APPSETTING_WEBSITE_SITE_NAME', 'AZURE_CLIENT_ID'],
];

export interface PrintedEnvironment {
  /** Lines for a shell: comments, `export NAME='value'`, and `unset` for a machine. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

type Section = readonly [comment: string, variables: Readonly<Record<string, string>>];

/**
 * The environment of the app or the virtual machine `resourceId` for a foreign client. It holds an app's identity
 * header and the control secret: whoever reads it can get tokens. Opens an IMDS for its identities and a proxy; `stop`
 * ends the proxy.
 */
export async function printEnvironment(
  azure: LocalAzure,
  resourceId: string,
): Promise<PrintedEnvironment> {
  const redirect = { ...azure.redirect, ...(await azure.startImds(resourceId)) };
  const proxy = await startForwardProxy(redirect);
  const { certificatePath } = azure.certificateAuthority;
  const isMachine = IS_MACHINE.test(resourceId);
  const sections: readonly Section[] = [
    ...(isMachine ? machineSections(azure, resourceId) : appSections(azure, resourceId)),
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
    ...(isMachine ? [`unset ${SET_FOR_APPS.join(' ')}`] : []),
    ...exports,
  ];
  return { lines, stop: () => proxy.stop() };
}

function appSections(azure: LocalAzure, siteId: string): readonly Section[] {
  const settings = Object.entries(appSettingsOf(azure, siteId));
  return [
    [
      'The identity of the deployed app. IDENTITY_HEADER and MSI_SECRET are secrets: with them anybody gets its tokens.',
      {
        ...azure.identityEnvironmentOf(siteId),
        // az takes MSI_ENDPOINT for App Service's only beside this, which App Service sets for every app.
        APPSETTING_WEBSITE_SITE_NAME: siteEnvironment(siteId).WEBSITE_SITE_NAME ?? '',
        ...pick(settings, (name) => name === 'AZURE_CLIENT_ID'),
        ...placeOf(siteId),
      },
    ],
    ["Addresses among the app's settings.", pick(settings, (_, value) => isAddress(value))],
  ];
}

/** Azure sets nothing on a machine: its tokens come from IMDS, at an address that every client knows. */
function machineSections(azure: LocalAzure, machineId: string): readonly Section[] {
  const customData = azure.machines.customDataOf(machineId);
  return [
    ['Where the machine is. Its tokens come from IMDS, 169.254.169.254.', placeOf(machineId)],
    ...(customData === undefined
      ? []
      : ([
          [
            'What cloud-init runs on the machine, in base64.',
            { LOCAL_AZURE_CUSTOM_DATA: customData },
          ],
        ] as const)),
  ];
}

function placeOf(resourceId: string): Record<string, string> {
  const [, , subscriptionId = '', , resourceGroup = ''] = resourceId.split('/');
  return {
    AZURE_TENANT_ID: tenantId,
    AZURE_SUBSCRIPTION_ID: subscriptionId,
    AZURE_RESOURCE_GROUP: resourceGroup,
  };
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
