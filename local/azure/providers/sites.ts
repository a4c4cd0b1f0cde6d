import { createHash } from 'node:crypto';
import { ServiceError } from '../http/service-error.ts';
import { parseResourceId } from '../resource-id.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { checkFlexSite, isFlexPlan } from './flex-consumption.ts';
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import { publishProfile } from './publish-profile.ts';
import {
  type Properties,
  readArray,
  readBoolean,
  readObject,
  readString,
} from './read-property.ts';
import { toSettings } from './site-settings.ts';

/**
 * Web and function apps. App settings go to the child `config/appsettings` and are shown nowhere else.
 * Source: https://learn.microsoft.com/rest/api/appservice/web-apps/create-or-update
 */
export function sites(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Web/sites',
    apiVersions: [
      '2025-03-01',
      '2024-11-01',
      '2024-04-01',
      '2023-12-01',
      '2022-09-01',
      '2021-02-01',
      '2016-08-01',
    ],
    listed: true,
    put(request) {
      const { id, body, caller, existing } = request;
      requireName(services, id.name, existing);
      const given = body.properties ?? {};
      const siteConfig = readObject(given, 'siteConfig');
      const settings = readArray(siteConfig, 'appSettings');
      const plan = findPlan(services, given, existing);
      if (isFlexPlan(plan)) checkFlexSite(given, siteConfig, existing);
      const properties = showProperties(services, request, plan);
      // Pretend: that app settings stay as they were when a PUT names none.
      if (settings || !existing) {
        services.keepChild(`${id.id}/config/appsettings`, toSettings(settings ?? []), caller);
      }
      const kind = body.kind ?? existing?.kind ?? 'app';
      return { properties, kind };
    },
    actions: {
      restart: () => undefined,
      start: () => undefined,
      stop: () => undefined,
      publishxml: publishProfile,
    },
  };
}

/**
 * Azure: site names are host names, so they are unique in the world
 * (MicrosoftDocs/azure-docs, includes/app-service-web-create-web-app, quotes the refusal).
 * Pretend: the wording for a name that is none.
 */
function requireName(
  services: ProviderServices,
  name: string,
  existing: Resource | undefined,
): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]$/.test(name)) {
    throw new ServiceError(
      400,
      'BadRequest',
      `The site name '${name}' is invalid: it must be of 2 to 60 letters, digits and hyphens.`,
    );
  }
  if (existing) return;
  const isTaken = services
    .listResources()
    .some(
      ({ type, name: other }) =>
        type === 'Microsoft.Web/sites' && other.toLowerCase() === name.toLowerCase(),
    );
  if (!isTaken) return;
  throw new ServiceError(409, 'Conflict', `Website with given name ${name} already exists.`);
}

function findPlan(
  services: ProviderServices,
  given: Properties,
  existing: Resource | undefined,
): Resource | undefined {
  const planId =
    readString(given, 'serverFarmId') ?? readString(existing?.properties, 'serverFarmId');
  if (planId === undefined) return undefined;
  const plan = services.findResource(planId);
  if (plan) return plan;
  // [microsoft/vscode-azurefunctions#2255]
  throw new ServiceError(
    404,
    'NotFound',
    `Cannot find ServerFarm with name ${parseResourceId(planId)?.name ?? planId}.`,
  );
}

function showProperties(
  services: ProviderServices,
  { id, body, existing }: PutRequest,
  plan: Resource | undefined,
): Properties {
  const given = body.properties ?? {};
  const before = existing?.properties;
  const hostName = `${id.name.toLowerCase()}.azurewebsites.net`;
  const siteConfig = {
    ...readObject(before, 'siteConfig'),
    ...readObject(given, 'siteConfig'),
    appSettings: null,
  };
  const functionAppConfig =
    readObject(given, 'functionAppConfig') ?? readObject(before, 'functionAppConfig');
  const isFlex = isFlexPlan(plan);
  return {
    ...before,
    ...given,
    name: id.name,
    state: 'Running',
    hostNames: [hostName],
    webSpace: `${id.resourceGroup}-${plan?.location ?? body.location ?? ''}webspace`,
    repositorySiteName: id.name,
    usageState: 'Normal',
    enabled: true,
    adminEnabled: true,
    enabledHostNames: [hostName, `${id.name.toLowerCase()}.scm.azurewebsites.net`],
    availabilityState: 'Normal',
    serverFarmId: plan?.id ?? null,
    reserved: plan?.properties.reserved === true,
    lastModifiedTimeUtc: new Date(services.clock.nowMs()).toISOString().replace('Z', ''),
    siteConfig,
    functionAppConfig: functionAppConfig ? completeFunctionAppConfig(functionAppConfig) : null,
    clientAffinityEnabled: readBoolean(given, 'clientAffinityEnabled') ?? false,
    resourceGroup: id.resourceGroup,
    defaultHostName: hostName,
    ...networkFacts(id.subscriptionId),
    httpsOnly: readBoolean(given, 'httpsOnly') ?? before?.httpsOnly ?? false,
    publicNetworkAccess: readString(given, 'publicNetworkAccess') ?? null,
    keyVaultReferenceIdentity: readString(given, 'keyVaultReferenceIdentity') ?? 'SystemAssigned',
    ...(isFlex && { sku: 'FlexConsumption' }),
  };
}

/** Azure: parts that were not set come back as null [R37]. */
function completeFunctionAppConfig(config: Properties): Properties {
  const scale = readObject(config, 'scaleAndConcurrency');
  return {
    deployment: config.deployment ?? null,
    runtime: config.runtime ?? null,
    scaleAndConcurrency: scale ? { alwaysReady: null, triggers: null, ...scale } : null,
    siteUpdateStrategy: config.siteUpdateStrategy ?? { type: 'Recreate' },
  };
}

/**
 * What modules for sites give as outputs.
 * Pretend: one address, the loopback; the verification id, one for a subscription as in Azure, is its digest.
 * Source: https://learn.microsoft.com/azure/app-service/overview-inbound-outbound-ips
 */
function networkFacts(subscriptionId = ''): Properties {
  const address = '127.0.0.1';
  const digest = createHash('sha256').update(subscriptionId.toLowerCase()).digest('hex');
  return {
    customDomainVerificationId: digest.toUpperCase(),
    inboundIpAddress: address,
    possibleInboundIpAddresses: address,
    outboundIpAddresses: address,
    possibleOutboundIpAddresses: address,
  };
}
