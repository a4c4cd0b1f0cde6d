// What a swap exchanges between two slots, and what stays. Role assignments, identities, host names, scale,
// diagnostics and what lies below the slots as other resources stay by not being touched.
// Source: https://learn.microsoft.com/azure/app-service/deploy-staging-slots#which-settings-are-swapped
import { ServiceError } from '../http/service-error.ts';
import { parseResourceId } from '../resource-id.ts';
import type { Resource } from '../resource-manager/resource.ts';
import type { Caller } from '../tokens/tokens.ts';
import type { ProviderServices } from './provider.ts';
import { type Properties, readBoolean, readObject, readString } from './read-property.ts';
import { exchangeSettings } from './slot-settings.ts';

/**
 * "Language stack and version, 32 bit and 64 bit", "handler mappings", "path mappings".
 * Pretend: that these properties, the start command among them, are what the list means.
 */
const SWAPPED_CONFIG = [
  'appCommandLine',
  'handlerMappings',
  'javaContainer',
  'javaContainerVersion',
  'javaVersion',
  'linuxFxVersion',
  'netFrameworkVersion',
  'nodeVersion',
  'phpVersion',
  'powerShellVersion',
  'pythonVersion',
  'use32BitWorkerProcess',
  'virtualApplications',
  'windowsFxVersion',
];

/**
 * `POST {site or slot}/slotsswap` with `{ targetSlot, preserveVnet }`. Throws 400 and 404 for a target that is none.
 * Source: https://learn.microsoft.com/rest/api/appservice/web-apps/swap-slot
 */
export function swapSlots(
  services: ProviderServices,
  source: Resource,
  body: unknown,
  caller: Caller,
): void {
  const order = (typeof body === 'object' && body !== null ? body : {}) as Properties;
  const siteId = siteIdOf(source);
  const target = findTarget(services, siteId, source, readString(order, 'targetSlot'));
  exchangeSettings(services, siteId, [source, target], caller);
  // Azure: production is shown as the destination even where it was asked to swap: azurerm's active slot reads the
  // other one's name from it [hashicorp/terraform-provider-azurerm, function_app_active_slot_resource.go].
  const [from, to] = isProduction(source) ? [target, source] : [source, target];
  const slotSwapStatus = {
    timestampUtc: new Date(services.clock.nowMs()).toISOString(),
    sourceSlotName: slotNameOf(from),
    destinationSlotName: slotNameOf(to),
  };
  // Azure: a virtual network stays with its slot unless it is asked to go.
  const moved = readBoolean(order, 'preserveVnet') === false ? ['virtualNetworkSubnetId'] : [];
  const changes = [
    ...changesOf(services, { one: source, other: target, moved, slotSwapStatus }),
    ...changesOf(services, { one: target, other: source, moved, slotSwapStatus }),
  ];
  for (const [id, properties] of changes) services.keepChild(id, properties, caller);
}

interface Exchange {
  readonly one: Resource;
  readonly other: Resource;
  /** Names of properties that go over. */
  readonly moved: readonly string[];
  readonly slotSwapStatus: Properties;
}

/** What is kept of `one` when it has taken over from `other`: itself, and `config/web` where that was put by itself. */
function changesOf(
  services: ProviderServices,
  { one, other, moved, slotSwapStatus }: Exchange,
): readonly (readonly [id: string, properties: Properties])[] {
  const webOf = ({ id }: Resource) => services.findResource(`${id}/config/web`)?.properties;
  const configOf = ({ properties }: Resource) => readObject(properties, 'siteConfig') ?? {};
  const theirs = { ...configOf(other), ...webOf(other) };
  const siteConfig = takeOver(configOf(one), theirs, SWAPPED_CONFIG);
  const site = { ...takeOver(one.properties, other.properties, moved), siteConfig, slotSwapStatus };
  const web = webOf(one);
  return [
    [one.id, site],
    ...(web ? [[`${one.id}/config/web`, takeOver(web, theirs, SWAPPED_CONFIG)] as const] : []),
  ];
}

function takeOver(own: Properties, theirs: Properties, names: readonly string[]): Properties {
  return Object.fromEntries([
    ...Object.entries(own).filter(([name]) => !names.includes(name)),
    ...Object.entries(theirs).filter(([name]) => names.includes(name)),
  ]);
}

/** Pretend: the wordings. */
function findTarget(
  services: ProviderServices,
  siteId: string,
  source: Resource,
  name: string | undefined,
): Resource {
  if (!name) throw new ServiceError(400, 'BadRequest', "The parameter 'targetSlot' is missing.");
  const id = /^production$/i.test(name) ? siteId : `${siteId}/slots/${name}`;
  const target = services.findResource(id);
  if (!target) {
    throw new ServiceError(404, 'NotFound', `Cannot find the slot '${name}' to swap with.`);
  }
  if (target.id !== source.id) return target;
  throw new ServiceError(400, 'BadRequest', `The slot '${name}' cannot be swapped with itself.`);
}

function isProduction({ type }: Resource): boolean {
  return type === 'Microsoft.Web/sites';
}

function siteIdOf(slot: Resource): string {
  return isProduction(slot) ? slot.id : (parseResourceId(slot.id)?.parentId ?? '');
}

/** As `slotSwapStatus` shows it [test_webapp_slot_swap.yaml of Azure/azure-cli]. */
function slotNameOf(slot: Resource): string {
  return isProduction(slot) ? 'Production' : (parseResourceId(slot.id)?.name ?? '');
}
