import { toAzureTimestamp } from '../clock.ts';
import type { ProviderServices } from '../providers/provider.ts';
import { parseResourceId } from '../resource-id.ts';
import type { ResourceStore } from './resource-store.ts';

/** ARM's store as providers may use it, beside the data planes. */
export function createProviderServices(
  planes: Pick<
    ProviderServices,
    | 'clock'
    | 'directory'
    | 'access'
    | 'vaults'
    | 'blobs'
    | 'eventHubs'
    | 'serviceBus'
    | 'sql'
    | 'machines'
    | 'tokens'
    | 'identities'
  >,
  store: ResourceStore,
): ProviderServices {
  return {
    ...planes,
    findResource: (id) => store.find(id),
    listResources: () => store.all(),
    keepChild: (id, properties, caller) => {
      const parsed = parseResourceId(id);
      if (!parsed) throw new RangeError(`${id} is no resource id`);
      const now = toAzureTimestamp(planes.clock.nowMs());
      const existing = store.find(id);
      store.save({
        id,
        name: parsed.fullName,
        type: parsed.type,
        apiVersion: '',
        createdTime: now,
        createdBy: caller.principalId,
        ...existing,
        properties,
        changedTime: now,
        changedBy: caller.principalId,
      });
    },
  };
}
