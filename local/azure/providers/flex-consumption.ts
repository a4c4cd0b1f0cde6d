// What the Flex Consumption plan asks of a site, and what it refuses.
// Source: https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations
import { ServiceError } from '../http/service-error.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { type Properties, readArray, readNumber, readObject, readString } from './read-property.ts';
import { toSettings } from './site-settings.ts';

const REFUSED_SETTINGS = [
  'ENABLE_ORYX_BUILD',
  'FUNCTIONS_WORKER_RUNTIME',
  'FUNCTIONS_WORKER_RUNTIME_VERSION',
  'FUNCTIONS_MAX_HTTP_CONCURRENCY',
  'FUNCTIONS_WORKER_PROCESS_COUNT',
  'FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED',
  'SCM_DO_BUILD_DURING_DEPLOYMENT',
  'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING',
  'WEBSITE_CONTENTOVERVNET',
  'WEBSITE_CONTENTSHARE',
  'WEBSITE_DNS_SERVER',
  'WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT',
  'WEBSITE_NODE_DEFAULT_VERSION',
  'WEBSITE_RUN_FROM_PACKAGE',
  'WEBSITE_SKIP_CONTENTSHARE_VALIDATION',
  'WEBSITE_VNET_ROUTE_ALL',
  'XDT_MicrosoftApplicationInsights_Java',
  'XDT_MicrosoftApplicationInsights_NodeJS',
];
const REFUSED_PROPERTIES: Readonly<Record<string, string>> = {
  alwaysOn: 'AlwaysOn',
  functionAppScaleLimit: 'FunctionAppScaleLimit',
  linuxFxVersion: 'LinuxFxVersion',
  netFrameworkVersion: 'NetFrameworkVersion',
  use32BitWorkerProcess: 'Use32BitWorkerProcess',
  windowsFxVersion: 'WindowsFxVersion',
};
const RUNTIMES = new Set(['dotnet-isolated', 'node', 'java', 'python', 'powershell', 'custom']);
const MEMORY_SIZES_MB = new Set([512, 2048, 4096]);

export function isFlexPlan(plan: Resource | undefined): boolean {
  return readString(plan?.sku as Properties | undefined, 'tier') === 'FlexConsumption';
}

/** Throws 400 as Microsoft.Web does. */
export function checkFlexSite(
  given: Properties,
  siteConfig: Properties | undefined,
  existing: Resource | undefined,
): void {
  const config = readObject(given, 'functionAppConfig');
  if (!config && !existing) {
    // [Azure-Samples/azure-functions-flex-consumption-samples#7]
    throw badRequest(
      'Site.FunctionAppConfig is invalid.  The FunctionAppConfig section was not specified in the request, which is ' +
        'required for Flex Consumption sites. To proceed, please add the FunctionAppConfig section in your request.',
    );
  }
  if (config) checkFunctionAppConfig(config);
  for (const [name, shown] of Object.entries(REFUSED_PROPERTIES)) {
    const value = siteConfig?.[name];
    // Azure: `alwaysOn: false` is taken; the azd templates of Azure Functions on this plan send it
    // [Azure-Samples/functions-quickstart-javascript-azd].
    if (name === 'alwaysOn' && value === false) continue;
    if (value !== undefined && value !== null) throw refuse('site configuration property', shown);
  }
  checkFlexSettings(toSettings(readArray(siteConfig, 'appSettings') ?? []));
}

/** App settings that Flex Consumption refuses. Throws 400. */
export function checkFlexSettings(settings: Readonly<Record<string, unknown>>): void {
  const names = new Set(Object.keys(settings).map((name) => name.toUpperCase()));
  const refused = REFUSED_SETTINGS.find((name) => names.has(name.toUpperCase()));
  if (refused !== undefined) throw refuse('app setting', `AppSettings.${refused}`);
}

function checkFunctionAppConfig(config: Properties): void {
  const storage = readObject(readObject(config, 'deployment'), 'storage');
  if (!storage) throw invalidConfig('Deployment.Storage', 'is required');
  if (readString(storage, 'type')?.toLowerCase() !== 'blobcontainer') {
    throw invalidConfig('Deployment.Storage.Type', "must be 'blobContainer'");
  }
  if (!URL.canParse(readString(storage, 'value') ?? '')) {
    throw invalidConfig('Deployment.Storage.Value', 'must be the address of a blob container');
  }
  const authentication = readString(readObject(storage, 'authentication'), 'type');
  if (
    !/^(SystemAssignedIdentity|UserAssignedIdentity|StorageAccountConnectionString)$/i.test(
      authentication ?? '',
    )
  ) {
    throw invalidConfig('Deployment.Storage.Authentication.Type', 'is missing or unknown');
  }
  const runtime = readObject(config, 'runtime');
  if (!RUNTIMES.has(readString(runtime, 'name') ?? ''))
    throw invalidConfig('Runtime.Name', 'is missing or unknown');
  if (!readString(runtime, 'version')) throw invalidConfig('Runtime.Version', 'is required');
  const scale = readObject(config, 'scaleAndConcurrency');
  const memory = readNumber(scale, 'instanceMemoryMB');
  if (memory !== undefined && !MEMORY_SIZES_MB.has(memory)) {
    throw invalidConfig('ScaleAndConcurrency.InstanceMemoryMB', 'must be 512, 2048 or 4096');
  }
  const count = readNumber(scale, 'maximumInstanceCount');
  if (count !== undefined && (count < 1 || count > 1000)) {
    throw invalidConfig('ScaleAndConcurrency.MaximumInstanceCount', 'must be from 1 to 1000');
  }
  checkAlwaysReady(scale, count ?? 100);
}

/** Source: https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#set-always-ready-instance-counts */
function checkAlwaysReady(scale: Properties | undefined, maximumInstanceCount: number): void {
  for (const each of readArray(scale, 'alwaysReady') ?? []) {
    const entry = each as Properties | null;
    const name = readString(entry ?? {}, 'name') ?? '';
    const count = readNumber(entry ?? {}, 'instanceCount') ?? 0;
    if (!/^(http|blob|durable|function:.+)$/i.test(name)) {
      throw invalidConfig('ScaleAndConcurrency.AlwaysReady.Name', 'is no group and no function');
    }
    if (!Number.isInteger(count) || count < 0 || count > maximumInstanceCount) {
      const problem = `must be from 0 to ${maximumInstanceCount}`;
      throw invalidConfig('ScaleAndConcurrency.AlwaysReady.InstanceCount', problem);
    }
  }
}

/** [Azure/azure-functions-host#10643] */
function refuse(what: string, name: string): ServiceError {
  return badRequest(
    `The following ${what} (Site.SiteConfig.${name}) for Flex Consumption sites is invalid. ` +
      'Please remove or rename it before retrying.',
  );
}

/** Pretend: the second half of the sentence. */
function invalidConfig(name: string, problem: string): ServiceError {
  return badRequest(`Site.FunctionAppConfig.${name} is invalid.  It ${problem}.`);
}

function badRequest(message: string): ServiceError {
  return new ServiceError(400, 'BadRequest', message);
}
