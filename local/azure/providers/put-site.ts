// What a PUT makes of a web or function app, be it the site itself or one of its slots.
import { createHash } from 'node:crypto';
import { ServiceError } from '../http/service-error.ts';
import { parseResourceId } from '../resource-id.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { checkFlexSite, isFlexPlan } from './flex-consumption.ts';
import type { ProviderServices, PutOutcome, PutRequest } from './provider.ts';
import {
  type Properties,
  readArray,
  readBoolean,
  readObject,
  readString,
} from './read-property.ts';
import { toConnectionStrings, toSettings } from './site-settings.ts';

export interface SiteNames {
  /** `properties.name`: of a slot `site(slot)`. */
  readonly name: string;
  /** Of the site, for a slot too. */
  readonly siteName: string;
  /** First label of the host name, in lower case. */
  readonly hostLabel: string;
}

/** Checks the body, keeps its app settings apart, and gives what a GET shows. Throws 400 as Microsoft.Web does. */
export function putSite(
  services: ProviderServices,
  request: PutRequest,
  plan: Resource | undefined,
  names: SiteNames,
): PutOutcome {
  const { id, body, caller, existing } = request;
  const given = body.properties ?? {};
  const siteConfig = readObject(given, 'siteConfig');
  const settings = readArray(siteConfig, 'appSettings');
  if (isFlexPlan(plan)) checkFlexSite(given, siteConfig, existing);
  const properties = showProperties(services, request, plan, names);
  const keep = (name: string, values: Properties) =>
    services.keepChild(`${id.id}/config/${name}`, values, caller);
  // Pretend: that app settings stay as they were when a PUT names none.
  if (settings || !existing) keep('appsettings', toSettings(settings ?? []));
  const connections = readArray(siteConfig, 'connectionStrings');
  if (connections) keep('connectionstrings', toConnectionStrings(connections));
  const mounted = readObject(siteConfig, 'azureStorageAccounts');
  if (mounted) keep('azurestorageaccounts', mounted);
  return { properties, kind: body.kind ?? existing?.kind ?? 'app' };
}

/** Throws 404 for a plan that is not there. */
export function findPlan(
  services: ProviderServices,
  planId: string | undefined,
): Resource | undefined {
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
  names: SiteNames,
): Properties {
  const given = body.properties ?? {};
  const before = existing?.properties;
  const hostName = `${names.hostLabel}.azurewebsites.net`;
  const siteConfig = {
    ...readObject(before, 'siteConfig'),
    ...readObject(given, 'siteConfig'),
    appSettings: null,
    connectionStrings: null,
    azureStorageAccounts: null,
  };
  const functionAppConfig =
    readObject(given, 'functionAppConfig') ?? readObject(before, 'functionAppConfig');
  const isFlex = isFlexPlan(plan);
  return {
    ...before,
    ...given,
    name: names.name,
    state: 'Running',
    hostNames: [hostName],
    webSpace: `${id.resourceGroup}-${plan?.location ?? body.location ?? ''}webspace`,
    repositorySiteName: names.siteName,
    usageState: 'Normal',
    enabled: true,
    adminEnabled: true,
    enabledHostNames: [hostName, `${names.hostLabel}.scm.azurewebsites.net`],
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
