// A template deployed into a group of its own on the embedded Azure of this process, and the unmodified app running
// on it as `npm start` runs it: the functions host in a process of its own, which knows only its environment.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Principal } from '../../local/azure/directory.ts';
import type { Resource } from '../../local/azure/resource-manager/resource.ts';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import { buildApp } from '../../local/build-app.ts';
import { deployTemplate } from '../../local/deploy-template.ts';
import { appSettingsOf, type RunningApp, runApp } from '../../local/run-app.ts';
import { groupId, projectDirectory, readOwnTemplate } from '../support/local-azure.ts';

export interface Deployment {
  readonly group: string;
  /** The project's own by default. */
  readonly template?: unknown;
  /** Without messaging unless it is asked for: what is tried without it is the same with it, and sooner done. */
  readonly parameters?: Readonly<Record<string, string | boolean>>;
}

export interface AppOnAzure extends AppProcess {
  readonly site: Resource;
  readonly settings: Readonly<Record<string, string>>;
  /** Whose tokens the app gets. */
  readonly identity: Principal;
}

export interface AppProcess extends RunningApp {
  get(path: string): Promise<Answer>;
  /** `body`: JSON of a CloudEvent; absent: none. */
  post(path: string, body?: unknown): Promise<Answer>;
  /** Everything that host and app have printed. */
  output(): string;
  /** The first match in what is printed after `from` (characters of `output()`), now or later. */
  printed(pattern: RegExp, from?: number): Promise<RegExpExecArray>;
  /** Runs the timer function by hand, as the portal does; resolves when it has ended. */
  scan(): Promise<Scan>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Scan {
  readonly outcome: 'Succeeded' | 'Failed';
  /** What host and app have printed meanwhile. */
  readonly log: string;
}

/** Deploys and starts; stop the app by its `stop`. */
export async function startDeployedApp(
  azure: LocalAzure,
  deployment: Deployment,
  settings: Readonly<Record<string, string | undefined>> = {},
): Promise<AppOnAzure> {
  const site = await deploySite(azure, deployment);
  const app = await startApp(azure, site, settings);
  return Object.assign(app, {
    site,
    settings: appSettingsOf(azure, site.id),
    identity: identityOf(azure, site),
  });
}

/** Gives the deployed site. Throws with every failed resource named. */
export async function deploySite(azure: LocalAzure, deployment: Deployment): Promise<Resource> {
  const { group, template = readOwnTemplate(), parameters = {} } = deployment;
  const values = { environmentName: 'test', messaging: false, ...parameters };
  await deployTemplate(azure, {
    name: 'main',
    resourceGroup: group,
    location: 'westeurope',
    template,
    parameters: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { value }]),
    ),
  });
  await azure.storageReady;
  const site = resourcesIn(azure, group).find(({ type }) => type === 'Microsoft.Web/sites');
  assert.ok(site, 'the template deploys a Function App');
  return site;
}

export function resourcesIn(azure: LocalAzure, group: string): Resource[] {
  const prefix = `${groupId(group)}/`.toLowerCase();
  return azure.resourceManager
    .listResources()
    .filter(({ id }) => id.toLowerCase().startsWith(prefix));
}

/** Whose tokens the site gets: its user-assigned identity, or its own. */
export function identityOf(azure: LocalAzure, { identity }: Resource): Principal {
  const [userAssigned] = Object.values(identity?.userAssignedIdentities ?? {});
  const principalId = userAssigned?.principalId ?? identity?.principalId;
  const principal = azure.directory.find(principalId ?? '');
  assert.ok(principal, 'the site has an identity');
  return principal;
}

/** The app of a deployed site, built if need be. */
export async function startApp(
  azure: LocalAzure,
  site: Resource,
  settings: Readonly<Record<string, string | undefined>> = {},
): Promise<AppProcess> {
  buildApp(projectDirectory);
  const printing = new EventEmitter();
  let output = '';
  const app = await runApp(azure, {
    appDirectory: projectDirectory,
    siteId: site.id,
    port: 0,
    settings,
    onOutput(text) {
      output += text;
      printing.emit('printed');
    },
  });
  const printed = (pattern: RegExp, from = 0) =>
    whenMatching(printing, () => pattern.exec(output.slice(from)), String(pattern));
  return {
    ...app,
    output: () => output,
    printed,
    get: (path) => request(app, path),
    post: (path, body) =>
      request(app, path, { method: 'POST', ...(body !== undefined && { body }) }),
    async scan() {
      const from = output.length;
      const { status } = await fetch(`${app.baseUrl}/admin/functions/scanResources`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      assert.equal(status, 202);
      const [, outcome] = await printed(
        /Executed 'Functions\.scanResources' \((Succeeded|Failed)/,
        from,
      );
      return { outcome: outcome as Scan['outcome'], log: output.slice(from) };
    },
  };
}

async function request(
  { baseUrl }: RunningApp,
  path: string,
  { method = 'GET', body }: { readonly method?: string; readonly body?: unknown } = {},
): Promise<Answer> {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : {},
  };
}

const LIMIT_MS = 30_000;

async function whenMatching(
  printing: EventEmitter,
  find: () => RegExpExecArray | null,
  what: string,
): Promise<RegExpExecArray> {
  const limit = Date.now() + LIMIT_MS;
  for (;;) {
    const match = find();
    if (match) return match;
    const signal = AbortSignal.timeout(Math.max(1, limit - Date.now()));
    const printedMore = new Promise<boolean>((resolve) => {
      printing.once('printed', () => resolve(true));
      signal.addEventListener('abort', () => resolve(false));
    });
    if (!(await printedMore)) assert.fail(`never printed: ${what}`);
  }
}
