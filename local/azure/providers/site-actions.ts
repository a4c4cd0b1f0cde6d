import type { ProviderServices, ResourceProvider } from './provider.ts';
import { publishProfile } from './publish-profile.ts';
import { swapSlots } from './swap-slots.ts';

/** What a site and each of its slots can be told by POST. */
export function siteActions(
  services: ProviderServices,
): Pick<ResourceProvider, 'actions' | 'longRunningActions'> {
  return {
    actions: {
      restart: () => undefined,
      start: () => undefined,
      stop: () => undefined,
      publishxml: publishProfile,
      slotsswap: (source, body, caller) => swapSlots(services, source, body, caller),
    },
    longRunningActions: new Set(['slotsswap']),
  };
}
