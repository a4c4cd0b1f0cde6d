// Runs a deployed Function App on this machine, as App Service would: app settings from the deployment,
// the identity endpoint in the environment, Azure's names sent to the embedded Azure.
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { writePrivately } from './azure/certificate-authority.ts';
import type { LocalAzure } from './azure/start-azure.ts';

const HOST_ENTRY = fileURLToPath(new URL('./functions-host/main.ts', import.meta.url));
const PRELOADS = ['./stripped-sources.mjs', './redirect/preload.ts'].map(
  (file) => new URL(file, import.meta.url).href,
);

export interface AppFunction {
  readonly name: string;
  readonly trigger: string;
  readonly route?: string;
  readonly methods?: readonly string[];
  readonly schedule?: string;
}

export interface RunningApp {
  readonly baseUrl: string;
  readonly functions: readonly AppFunction[];
  readonly process: ChildProcess;
  /** Whether host or app print a line that fits, from now on and within `limitMs`. */
  waitForLine(pattern: RegExp, limitMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

export interface AppOptions {
  readonly appDirectory: string;
  /** Id of the deployed Microsoft.Web/sites resource, or of one of its slots. */
  readonly siteId: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly enableAuth?: boolean;
  /** Win over the deployment's app settings; undefined removes one. */
  readonly settings?: Readonly<Record<string, string | undefined>>;
  /** Lines that the host and the app print. Absent: they go to this process's output. */
  readonly onOutput?: (text: string) => void;
}

/** Why the host can't start. It has printed the same already. */
export class HostFailure extends Error {}

/** Forks the functions host; resolves when it answers. Throws HostFailure if it can't start. */
export async function runApp(azure: LocalAzure, options: AppOptions): Promise<RunningApp> {
  const host = fork(
    HOST_ENTRY,
    [
      ...['--app', options.appDirectory, '--port', String(options.port)],
      ...(options.enableAuth ? ['--enable-auth'] : []),
    ],
    {
      env: appEnvironment(azure, options),
      // A small young generation: three processes share a developer's machine (Node's default is 16 MB).
      execArgv: [
        '--max-semi-space-size=2',
        ...PRELOADS.flatMap((preload) => ['--import', preload]),
      ],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  const lines = passOn(host, options.onOutput);
  const exited = new Promise<void>((resolve) => host.once('exit', () => resolve()));
  const closed = new Promise<void>((resolve) => host.once('close', () => resolve()));
  const { baseUrl, functions } = await whenReady(host).catch(async (error: unknown) => {
    await closed; // What the host has to say has then been passed on.
    throw error;
  });
  // It answers at the site's own https name too, behind App Service authentication.
  void exited.then(azure.serveSite(options.siteId, `http://127.0.0.1:${new URL(baseUrl).port}`));
  return {
    baseUrl,
    functions,
    process: host,
    waitForLine: (pattern, limitMs) => waitForLine(lines, pattern, limitMs),
    async stop() {
      if (host.connected) host.disconnect();
      await exited;
    },
  };
}

type Lines = EventEmitter<{ line: [string] }>;

function passOn(host: ChildProcess, onOutput: AppOptions['onOutput']): Lines {
  const lines: Lines = new EventEmitter();
  for (const [stream, target] of [
    [host.stdout, process.stdout],
    [host.stderr, process.stderr],
  ] as const) {
    if (!stream) continue;
    stream.setEncoding('utf8').on('data', (text: string) => {
      if (onOutput) onOutput(text);
      else target.write(text);
    });
    createInterface({ input: stream }).on('line', (line) => lines.emit('line', line));
  }
  return lines;
}

function waitForLine(lines: Lines, pattern: RegExp, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (found: boolean) => {
      clearTimeout(timer);
      lines.off('line', look);
      resolve(found);
    };
    const look = (line: string) => pattern.test(line) && end(true);
    const timer = setTimeout(end, limitMs, false);
    lines.on('line', look);
  });
}

interface Ready {
  readonly baseUrl: string;
  readonly functions: readonly AppFunction[];
}

function whenReady(host: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    host.on(
      'message',
      (message: ({ type: 'ready' } & Ready) | { type: 'failed'; message: string }) => {
        if (message.type === 'ready') resolve(message);
        if (message.type === 'failed') reject(new HostFailure(message.message));
      },
    );
    host.once('exit', (code) => reject(new Error(`The functions host ended with code ${code}.`)));
  });
}

/**
 * The developer's own sign-in must not leak into the app: a call that works only with it would be a lie.
 * Nor does what the platform alone sets; many a build container has a CONTAINER_NAME of its own.
 */
const NOT_INHERITED =
  /^(AZURE_(?!LOG_LEVEL$)|AzureWebJobs|IDENTITY_|MSI_|ARM_|WEBSITE_|(NODE_EXTRA_CA_CERTS|CONTAINER_NAME)$)/;

/**
 * App Service has no IMDS. Here the machine may have one, of a cloud that gives real tokens: what asks for it
 * meets a loopback port that nobody may listen on without root.
 */
const NO_IMDS = { '169.254.169.254:80': 9 };

function appEnvironment(azure: LocalAzure, options: AppOptions): Record<string, string> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name)),
  );
  const all: Record<string, string | undefined> = {
    ...inherited,
    ...appSettingsOf(azure, options.siteId),
    ...identityEnvironment(azure, options.siteId),
    ...siteEnvironment(options.siteId),
    NODE_EXTRA_CA_CERTS: trustedCertificates(azure),
    FUNCTIONS_SECRETS_PATH: join(azure.certificateAuthority.certificatePath, '..', 'function-keys'),
    LOCAL_AZURE_REDIRECT: JSON.stringify({ ...NO_IMDS, ...azure.redirect }),
    ...options.settings,
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * What App Service tells an app of itself.
 * https://learn.microsoft.com/azure/app-service/reference-app-settings#app-environment
 */
export function siteEnvironment(siteId: string): Record<string, string> {
  const [, site = '', slot = 'Production'] =
    /\/sites\/([^/]+)(?:\/slots\/([^/]+))?$/i.exec(siteId) ?? [];
  return { WEBSITE_SITE_NAME: site, WEBSITE_SLOT_NAME: slot };
}

/**
 * Azure: only an app with an identity finds the endpoint in its environment.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
function identityEnvironment(azure: LocalAzure, siteId: string): Record<string, string> {
  const hasIdentity = azure.resourceManager.findResource(siteId)?.identity !== undefined;
  return hasIdentity ? azure.identityEnvironmentOf(siteId) : {};
}

/** `siteConfig.appSettings` of the deployed site or slot, or its `config/appsettings` child. */
export function appSettingsOf(azure: LocalAzure, siteId: string): Record<string, string> {
  const site = azure.resourceManager.findResource(siteId);
  if (!site) throw new Error(`No Function App is deployed as ${siteId}.`);
  const { appSettings = [] } = (site.properties.siteConfig ?? {}) as {
    appSettings?: readonly { name: string; value: string }[] | null;
  };
  const child = azure.resourceManager.findResource(`${siteId}/config/appsettings`);
  return {
    ...Object.fromEntries((appSettings ?? []).map(({ name, value }) => [name, value])),
    ...(child?.properties as Record<string, string> | undefined),
  };
}

/**
 * NODE_EXTRA_CA_CERTS takes one file: what the developer has set stays trusted. Put in place as a whole: an app that
 * starts at this moment would read a part of it, without a word, and trust nobody.
 */
function trustedCertificates(azure: LocalAzure): string {
  const { certificatePath, certificatePem } = azure.certificateAuthority;
  const own = process.env.NODE_EXTRA_CA_CERTS;
  if (!own) return certificatePath;
  const both = join(certificatePath, '..', 'trusted.pem');
  writePrivately(both, `${readFileSync(own, 'utf8')}\n${certificatePem}`);
  return both;
}
