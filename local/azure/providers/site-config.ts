import { ServiceError } from '../http/service-error.ts';
import type { ResourceId } from '../resource-id.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { locationOf, NO_AUTH_SETTINGS, putAuthSettingsV2 } from './auth-settings-v2.ts';
import { checkFlexSettings, isFlexPlan } from './flex-consumption.ts';
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import { type Properties, readObject, readString } from './read-property.ts';
import { siteApiVersions } from './site-api-versions.ts';

/** Azure: what may hold secrets is told only to `POST …/list` [Azure/azure-powershell#4247]. */
const LISTED_BY_POST = new Set([
  'appsettings',
  'connectionstrings',
  'azurestorageaccounts',
  'authsettings',
]);

/** `config/web`, `config/appsettings`, `config/slotConfigNames` and their like, of sites and of slots. */
export const siteConfigs = ['Microsoft.Web/sites/config', 'Microsoft.Web/sites/slots/config'].map(
  (type) => (services: ProviderServices) => siteConfig(services, type),
);

function siteConfig(services: ProviderServices, type: string): ResourceProvider {
  return {
    type,
    apiVersions: siteApiVersions,
    listed: false,
    put(request) {
      const { id, body, existing } = request;
      const given = body.properties ?? {};
      switch (id.name.toLowerCase()) {
        case 'appsettings':
          return { properties: checkSettings(services, request) };
        case 'web':
          return { properties: { ...readWeb(services, id), ...existing?.properties, ...given } };
        case 'slotconfignames':
          requireOfSite(id);
          return { properties: { ...NO_SLOT_CONFIG_NAMES, ...given } };
        case 'authsettingsv2':
          return {
            properties: putAuthSettingsV2(services, given),
            ...locationOf(services, id.parentId),
          };
        default:
          return { properties: given };
      }
    },
    isHidden: ({ name }) => LISTED_BY_POST.has(name.toLowerCase()),
    read: (id) => readDefault(services, id),
    actions: { list },
  };
}

const NO_SLOT_CONFIG_NAMES = {
  connectionStringNames: null,
  appSettingNames: [],
  azureStorageConfigNames: null,
};

/** Azure: one list for a site and all its slots. https://learn.microsoft.com/rest/api/appservice/web-apps/update-slot-configuration-names */
function requireOfSite(id: ResourceId): void {
  if (!isOfSlot(id)) return;
  // Pretend: the wording.
  throw new ServiceError(404, 'NotFound', 'The names of slot settings belong to the site itself.');
}

function isOfSlot({ type }: ResourceId): boolean {
  return /\/slots\/config$/i.test(type);
}

function checkSettings(services: ProviderServices, { id, body }: PutRequest): Properties {
  const settings = Object.fromEntries(
    Object.entries(body.properties ?? {}).map(([name, value]) => [name, String(value ?? '')]),
  );
  const site = services.findResource(id.parentId ?? '');
  const plan = services.findResource(readString(site?.properties, 'serverFarmId') ?? '');
  if (isFlexPlan(plan)) checkFlexSettings(settings);
  return settings;
}

function readDefault(
  services: ProviderServices,
  id: ResourceId,
): Pick<Resource, 'properties' | 'location'> | undefined {
  switch (id.name.toLowerCase()) {
    case 'web':
      return { properties: readWeb(services, id) };
    case 'slotconfignames':
      return isOfSlot(id) ? undefined : { properties: NO_SLOT_CONFIG_NAMES };
    case 'authsettingsv2':
      return { properties: NO_AUTH_SETTINGS, ...locationOf(services, id.parentId) };
    default:
      return LISTED_BY_POST.has(id.name.toLowerCase()) ? { properties: {} } : undefined;
  }
}

function readWeb(services: ProviderServices, { parentId = '' }: ResourceId): Properties {
  const config = readObject(services.findResource(parentId)?.properties, 'siteConfig');
  return {
    numberOfWorkers: 1,
    defaultDocuments: [],
    linuxFxVersion: '',
    alwaysOn: false,
    http20Enabled: true,
    minTlsVersion: '1.2',
    scmMinTlsVersion: '1.2',
    ftpsState: 'FtpsOnly',
    cors: null,
    functionAppScaleLimit: null,
    ...config,
    appSettings: null,
  };
}

function list({ id, name, properties }: Resource): unknown {
  const own = name.split('/').at(-1) ?? '';
  if (!LISTED_BY_POST.has(own.toLowerCase())) {
    // Pretend: the wording.
    throw new ServiceError(404, 'NotFound', `The configuration '${own}' has nothing to list.`);
  }
  // Azure: a slot's are of the same type [test_webapp_slot_swap.yaml of Azure/azure-cli].
  return { id, name: own.toLowerCase(), type: 'Microsoft.Web/sites/config', properties };
}
