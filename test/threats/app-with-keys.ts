// The deployed app under the functions host, which checks keys: as strangers meet it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import { buildApp } from '../../local/build-app.ts';
import { appSettingsOf, type RunningApp, runApp } from '../../local/run-app.ts';
import { type Deployment, deploySite } from '../end-to-end/start-deployed-app.ts';
import { groupId, projectDirectory } from '../support/local-azure.ts';
import type { Keys } from './bad-inputs/bad-everywhere.ts';

export interface AppWithKeys extends RunningApp {
  readonly siteId: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly keys: Keys;
  /** Everything that host and app have printed. */
  output(): string;
  get(path: string, key?: string): Promise<Response>;
}

/** Deploys into the group and starts; its timer does not run while a test looks. */
export async function startAppWithKeys(
  azure: LocalAzure,
  group: string,
  environment: Readonly<Record<string, string>> = {},
  parameters: Deployment['parameters'] = {},
): Promise<AppWithKeys> {
  buildApp(projectDirectory);
  const site = await deploySite(azure, {
    group,
    parameters: { scanSchedule: '0 0 3 1 1 *', ...parameters },
  });
  let output = '';
  const app = await runApp(azure, {
    appDirectory: projectDirectory,
    siteId: site.id,
    port: 0,
    enableAuth: true,
    settings: environment,
    onOutput(text) {
      output += text;
    },
  });
  return {
    ...app,
    siteId: site.id,
    settings: appSettingsOf(azure, site.id),
    keys: readKeys(azure, app),
    output: () => output,
    get: (path, key) =>
      fetch(
        `${app.baseUrl}${path}`,
        key === undefined ? {} : { headers: { 'x-functions-key': key } },
      ),
  };
}

export const keyFolder = (azure: LocalAzure) =>
  join(azure.certificateAuthority.certificatePath, '..', 'function-keys');

/** From the files in which the host keeps them. */
function readKeys(azure: LocalAzure, { functions }: RunningApp): Keys {
  const read = (name: string) =>
    JSON.parse(readFileSync(join(keyFolder(azure), `${name.toLowerCase()}.json`), 'utf8'));
  const host = read('host');
  return {
    master: host.masterKey.value,
    host: host.functionKeys[0].value,
    own: Object.fromEntries(functions.map(({ name }) => [name, read(name).keys[0].value])),
  };
}

/** Parameters for an app that calls Resource Manager as it would any API: it asks for the group that it is in. */
export function webApiAtGroup(group: string) {
  return {
    webApiUrl: `https://management.azure.com${groupId(group)}?api-version=2025-04-01`,
    webApiScope: 'https://management.azure.com/.default',
  };
}
