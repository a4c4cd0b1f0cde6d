import { ServiceError } from '../http/service-error.ts';
import { parseResourceId, sameId } from '../resource-id.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { derivedGuid } from './derived-guid.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { findPlan, putSite } from './put-site.ts';
import { type Properties, readString } from './read-property.ts';
import { siteActions } from './site-actions.ts';
import { siteApiVersions } from './site-api-versions.ts';

/**
 * Slots beside production, by the plan's tier; tiers that are not here have no limit here.
 * Sources: https://learn.microsoft.com/azure/azure-functions/functions-deployment-slots (which counts production too),
 * https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#app-service-limits
 */
const SLOTS_OF_TIER: Readonly<Record<string, number>> = {
  Free: 0,
  Shared: 0,
  Basic: 0,
  FlexConsumption: 0,
  Dynamic: 1,
  ElasticPremium: 2,
  Standard: 5,
  Premium: 20,
  PremiumV2: 20,
  PremiumV3: 20,
  PremiumV4: 20,
  Isolated: 20,
};

/**
 * Deployment slots: each is an app of its own, with settings, identities and a host name of its own.
 * Source: https://learn.microsoft.com/azure/app-service/deploy-staging-slots
 */
export function siteSlots(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Web/sites/slots',
    apiVersions: siteApiVersions,
    listed: true,
    put(request) {
      const { id, body, existing } = request;
      requireSlotName(id.name);
      const site = services.findResource(id.parentId ?? '');
      const planId =
        readString(body.properties, 'serverFarmId') ??
        readString(existing?.properties, 'serverFarmId') ??
        readString(site?.properties, 'serverFarmId');
      const plan = findPlan(services, planId);
      if (!existing) requireRoom(services, id.parentId ?? '', plan);
      const siteName = site?.name ?? '';
      return putSite(services, request, plan, {
        name: `${siteName}(${id.name})`,
        siteName,
        hostLabel: hostLabelOf(siteName.toLowerCase(), id.name.toLowerCase(), id.id),
      });
    },
    ...siteActions(services),
  };
}

/**
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftweb
 * Pretend: the wording.
 */
function requireSlotName(name: string): void {
  const isName = /^[A-Za-z0-9]([A-Za-z0-9-]{0,57}[A-Za-z0-9])?$/.test(name);
  if (isName && !/^production$/i.test(name)) return;
  throw new ServiceError(
    400,
    'BadRequest',
    `The slot name '${name}' is invalid: it must be of 1 to 59 letters, digits and hyphens, and not 'production'.`,
  );
}

/**
 * [Azure/azure-functions-ux#1309], [ITfoxtec/FoxIDs#470]
 * Pretend: the same sentence for Flex Consumption, which has no slots.
 */
function requireRoom(services: ProviderServices, siteId: string, plan: Resource | undefined): void {
  const tier = readString(plan?.sku as Properties | undefined, 'tier') ?? '';
  const taken = services
    .listResources()
    .filter(
      ({ id, type }) =>
        type === 'Microsoft.Web/sites/slots' && sameId(parseResourceId(id)?.parentId ?? '', siteId),
    );
  if (taken.length < (SLOTS_OF_TIER[tier] ?? Infinity)) return;
  throw new ServiceError(
    409,
    'Conflict',
    `Cannot complete the operation because the site will exceed the number of slots allowed for the '${tier}' SKU.`,
  );
}

/**
 * Azure: `site-slot`; where that is too long for DNS, 40 characters of the site, 19 of the slot and four at random.
 * https://learn.microsoft.com/azure/app-service/deploy-staging-slots#add-a-slot
 * Pretend: the four are derived from the id.
 */
function hostLabelOf(site: string, slot: string, id: string): string {
  const whole = `${site}-${slot}`;
  if (whole.length <= 63) return whole;
  return `${site.slice(0, 40)}${slot.slice(0, 19)}${derivedGuid('host', id).slice(0, 4)}`;
}
