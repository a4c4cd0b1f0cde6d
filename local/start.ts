// npm start: deploys the compiled Bicep into the embedded Azure, runs the app on it, and says what happened.
import { fileURLToPath } from 'node:url';
import { type LocalAzure, startAzure } from './azure/start-azure.ts';
import { buildApp } from './build-app.ts';
import { deployAlso } from './deploy-also.ts';
import { deployTemplate, readTemplate } from './deploy-template.ts';
import { findResourceNamed } from './find-resource-named.ts';
import { firstScan } from './first-scan.ts';
import { leaveOutGrants } from './leave-out-grants.ts';
import { type PrintedEnvironment, printEnvironment } from './print-environment.ts';
import { HostFailure, type RunningApp, runApp } from './run-app.ts';
import { serveSite } from './serve-site.ts';
import { parseStartOptions } from './start-options.ts';
import { tellDeployment } from './tell-deployment.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const RESOURCE_GROUP = 'rg-local';
const LOCATION = 'westeurope';

interface Parts {
  azure?: LocalAzure;
  app?: RunningApp;
  environment?: PrintedEnvironment;
}

/** Runs until Ctrl-C; ends the process with 1 and one plain message if something can't start. */
export async function start(args: readonly string[]): Promise<void> {
  const stopping = onStop();
  const parts: Parts = {};
  try {
    await Promise.race([stopping, run(args, parts)]);
  } catch (error) {
    if (!(error instanceof HostFailure)) {
      console.error(error instanceof Error ? error.message : error);
    }
    process.exitCode = 1;
  } finally {
    await stop(parts);
  }
  process.exit();
}

/** Puts what it has started into `parts`. Ends only by throwing: what can't start, or that the host has ended. */
async function run(args: readonly string[], parts: Parts): Promise<void> {
  refuseInAzure();
  refuseWithoutTls();
  const options = parseStartOptions(args, { template: `${PROJECT}infra/azuredeploy.json` });
  const { port, without, also, subscriptions } = options;
  // A printed environment is for a shell to evaluate: what is said to people must not be in it.
  const say = options.printEnvironment ? console.error : console.log;
  buildApp(PROJECT);
  const azure = await startAzure({
    stateDirectory: `${PROJECT}.local-azure`,
    otherSubscriptions: subscriptions.map((subscriptionId, index) => ({
      subscriptionId,
      displayName: `Local Azure ${index + 2}`,
    })),
  });
  parts.azure = azure;
  const template = leaveOutGrants(readTemplate(options.template), without);
  const record = await deployTemplate(azure, {
    name: 'main',
    resourceGroup: RESOURCE_GROUP,
    location: LOCATION,
    template,
    parameters: parameterValues(template, options.parameters),
  });
  say(tellDeployment(azure, record).join('\n'));
  for (const each of also) {
    say(await deployAlso(azure, each, { resourceGroup: RESOURCE_GROUP, location: LOCATION }));
  }
  for (const each of options.serve ?? []) say(serveSite(azure, each));
  const site = azure.resourceManager
    .listResources()
    .find((resource) => resource.type === 'Microsoft.Web/sites');
  if (!site) throw new Error(`${options.template} deploys no Function App (Microsoft.Web/sites).`);
  const { printEnvironmentOf } = options;
  const siteId = options.run === undefined ? site.id : findAppNamed(azure, options.run);
  const printed =
    printEnvironmentOf === undefined ? siteId : findResourceNamed(azure, printEnvironmentOf);
  const app = await runApp(azure, {
    ...{ appDirectory: PROJECT, siteId, port },
    ...(options.printEnvironment && { onOutput: (text) => void process.stderr.write(text) }),
  });
  parts.app = app;
  const ended = new Promise<never>((_, reject) =>
    app.process.once('exit', (code) =>
      reject(new Error(`The functions host ended with code ${code}.`)),
    ),
  );
  await Promise.race([ended, introduce(azure, app, say, siteId === site.id)]);
  if (options.printEnvironment) {
    parts.environment = await printEnvironment(azure, printed);
    console.log(parts.environment.lines.join('\n'));
  }
  await ended;
}

/** Our own template wants a name for the environment; another one may not know that parameter. */
function parameterValues(template: unknown, given: Readonly<Record<string, unknown>>) {
  const { parameters = {} } = template as { parameters?: Readonly<Record<string, unknown>> };
  const values = { ...('environmentName' in parameters && { environmentName: 'local' }), ...given };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

/** Throws a sentence unless it is a site or a slot. */
function findAppNamed(azure: LocalAzure, name: string): string {
  const id = findResourceNamed(azure, name);
  if (/\/providers\/Microsoft\.Web\/sites\//i.test(id)) return id;
  throw new Error(`--run wants a site or a slot (Microsoft.Web), not ${id}.`);
}

async function introduce(
  azure: LocalAzure,
  app: RunningApp,
  say: typeof console.log,
  isOwn: boolean,
): Promise<void> {
  await azure.storageReady;
  say(`Ready  ${app.baseUrl}`);
  // What another template's app may scan is its own affair.
  if (isOwn) say(await firstScan(app));
  say(['Try', ...addresses(app), 'Ctrl-C ends it.'].join('\n'));
}

/** The host lets running requests finish; nobody wants to wait for them after Ctrl-C. */
const PATIENCE_MS = 400;

async function stop({ app, azure, environment }: Parts): Promise<void> {
  const impatience = setTimeout(() => app?.process.kill('SIGKILL'), PATIENCE_MS);
  await app?.stop();
  clearTimeout(impatience);
  await environment?.stop();
  await azure?.stop();
}

/** The embedded Azure vouches for identities: where a real platform does, it has no business. */
function refuseInAzure(): void {
  if (process.env.WEBSITE_SITE_NAME === undefined) return;
  throw new Error('WEBSITE_SITE_NAME is set, so this process runs in Azure: nothing is started.');
}

/** Node's switch for all of a process: the app would send its tokens to whoever answers. */
function refuseWithoutTls(): void {
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return;
  throw new Error(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off TLS verification: nothing is started. Unset it; the local certificate authority is trusted without it.',
  );
}

/** Resolves at the first Ctrl-C or SIGTERM. */
function onStop(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve(undefined));
    }
  });
}

/** What can be typed as it stands: GET, and no parameter but the sample secret's name. */
function addresses(app: RunningApp): string[] {
  return app.functions.flatMap(({ route, methods }) => {
    if (route === undefined || methods?.includes('GET') === false) return [];
    const path = route.replace('secrets/{name}', 'secrets/demo');
    return path.includes('{') ? [] : [`  curl ${app.baseUrl}/${path}`];
  });
}
