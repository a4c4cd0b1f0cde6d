import type { Resource } from '../resource-manager/resource.ts';
import type { Caller } from '../tokens/tokens.ts';
import type { ProviderServices } from './provider.ts';
import { type Properties, readArray } from './read-property.ts';

/** Below `config/`, with the list of `config/slotConfigNames` that says which of its names stay with the slot. */
const LISTS = {
  appsettings: 'appSettingNames',
  connectionstrings: 'connectionStringNames',
  azurestorageaccounts: 'azureStorageConfigNames',
} as const;

/** Azure: they stay without being named. https://learn.microsoft.com/azure/app-service/deploy-staging-slots#which-settings-are-swapped */
const STAYS_BY_ITSELF =
  /_EXTENSION_VERSION$|^WEBSITE_HTTPLOGGING_RETENTION_DAYS$|^DIAGNOSTICS_AZUREBLOBRETENTIONDAYS$/i;
const SWITCH = 'WEBSITE_OVERRIDE_PRESERVE_DEFAULT_STICKY_SLOT_SETTINGS';

/**
 * Exchanges the app settings, connection strings and mounted storage of two slots, except those that stay with
 * their slot. Pretend: names are compared without case.
 */
export function exchangeSettings(
  services: ProviderServices,
  siteId: string,
  [source, target]: readonly [Resource, Resource],
  caller: Caller,
): void {
  const sticky = services.findResource(`${siteId}/config/slotConfigNames`)?.properties;
  for (const [kind, list] of Object.entries(LISTS)) {
    const ids = [`${source.id}/config/${kind}`, `${target.id}/config/${kind}`] as const;
    const children = ids.map((id) => services.findResource(id));
    if (children.every((child) => child === undefined)) continue;
    const [ofSource = {}, ofTarget = {}] = children.map((child) => child?.properties ?? {});
    const named = new Set(
      (readArray(sticky, list) ?? []).map((name) => String(name).toLowerCase()),
    );
    const byDefault =
      kind === 'appsettings' && !(isSwitchedOff(ofSource) && isSwitchedOff(ofTarget));
    const stays = (name: string) =>
      named.has(name.toLowerCase()) || (byDefault && STAYS_BY_ITSELF.test(name));
    services.keepChild(ids[0], mix(ofSource, ofTarget, stays), caller);
    services.keepChild(ids[1], mix(ofTarget, ofSource, stays), caller);
  }
}

/** The same page: the switch counts where every slot has it. */
function isSwitchedOff(settings: Properties): boolean {
  return /^(0|false)$/i.test(String(settings[SWITCH] ?? ''));
}

function mix(own: Properties, other: Properties, stays: (name: string) => boolean): Properties {
  return Object.fromEntries([
    ...Object.entries(own).filter(([name]) => stays(name)),
    ...Object.entries(other).filter(([name]) => !stays(name)),
  ]);
}
