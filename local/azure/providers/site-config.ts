import { ServiceError } from '../http/service-error.ts';
import type { ResourceId } from '../resource-id.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { checkFlexSettings, isFlexPlan } from './flex-consumption.ts';
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import { type Properties, readObject, readString } from './read-property.ts';

/** Azure: what may hold secrets is told only to `POST …/list` [Azure/azure-powershell#4247]. */
const LISTED_BY_POST = new Set([
  'appsettings',
  'connectionstrings',
  'azurestorageaccounts',
  'authsettings',
]);

/** `config/web`, `config/appsettings`, `config/slotConfigNames` and their like. */
export function siteConfig(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Web/sites/config',
    apiVersions: [
      '2025-03-01',
      '2024-11-01',
      '2024-04-01',
      '2023-12-01',
      '2022-09-01',
      '2021-02-01',
      '2016-08-01',
    ],
    listed: false,
    put(request) {
      const { id, body, existing } = request;
      const given = body.properties ?? {};
      switch (id.name.toLowerCase()) {
        case 'appsettings':
          return { properties: checkSettings(services, request) };
        case 'web':
          return { properties: { ...readWeb(services, id), ...existing?.properties, ...given } };
        default:
          return { properties: given };
      }
    },
    isHidden: ({ name }) => LISTED_BY_POST.has(name.toLowerCase()),
    read: (id) => readDefault(services, id),
    actions: { list },
  };
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
): Pick<Resource, 'properties'> | undefined {
  switch (id.name.toLowerCase()) {
    case 'web':
      return { properties: readWeb(services, id) };
    case 'slotconfignames':
      return {
        properties: {
          connectionStringNames: null,
          appSettingNames: [],
          azureStorageConfigNames: null,
        },
      };
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

function list({ id, name, type, properties }: Resource): unknown {
  const own = name.split('/').at(-1) ?? '';
  if (!LISTED_BY_POST.has(own.toLowerCase())) {
    // Pretend: the wording.
    throw new ServiceError(404, 'NotFound', `The configuration '${own}' has nothing to list.`);
  }
  return { id, name: own.toLowerCase(), type, properties };
}
