// A virtual machine is not run. Its identities are real, and what is handed to it (custom data) is kept for it alone.
import { toAzureTimestamp } from '../clock.ts';
import { derivedGuid } from './derived-guid.ts';
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import { type Properties, readArray, readObject, readString } from './read-property.ts';
import {
  requireAccount,
  requireCustomData,
  requireInterfaces,
} from './virtual-machine-refusals.ts';
import { withoutWriteOnly } from './write-only.ts';

/** Source: https://learn.microsoft.com/rest/api/compute/virtual-machines/create-or-update */
export function virtualMachines(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Compute/virtualMachines',
    apiVersions: [
      ...['2025-04-01', '2024-11-01', '2024-07-01', '2024-03-01', '2023-09-01', '2023-07-01'],
      ...['2023-03-01', '2022-11-01', '2022-08-01', '2022-03-01', '2021-11-01', '2021-07-01'],
      ...['2021-04-01', '2021-03-01', '2020-12-01', '2020-06-01', '2019-12-01', '2019-07-01'],
      ...['2019-03-01', '2018-10-01', '2018-06-01', '2018-04-01', '2017-12-01', '2017-03-30'],
      ...['2016-08-30', '2016-04-30-preview', '2016-03-30', '2015-06-15'],
    ],
    listed: true,
    put(request) {
      const { id, body, existing } = request;
      const customData = readString(readObject(body.properties, 'osProfile'), 'customData');
      const kept = services.machines.customDataOf(id.id);
      requireAccount(request);
      requireCustomData(customData, { existing: existing !== undefined, kept });
      requireInterfaces(services, request);
      services.machines.provision(id.id, customData ?? kept);
      return { properties: show(request, toAzureTimestamp(services.clock.nowMs())) };
    },
    remove: ({ id }) => services.machines.remove(id),
  };
}

/**
 * Pretend: of what Azure adds, the ids of machine and system disk, and the defaults of the account; there is no disk
 * resource, and what Azure draws at random is derived from the id.
 */
function show({ id, body, existing }: PutRequest, now: string): Properties {
  const given = withoutWriteOnly(body.properties ?? {});
  const before = existing?.properties;
  // An account is made once: a later PUT need not repeat it.
  const osProfile = readObject(given, 'osProfile') ?? readObject(before, 'osProfile');
  const storageProfile = readObject(given, 'storageProfile');
  return {
    ...given,
    provisioningState: 'Succeeded',
    vmId: derivedGuid('vm', id.id),
    ...(storageProfile && { storageProfile: showStorage(id, storageProfile, osProfile) }),
    ...(osProfile && { osProfile: showAccount(osProfile) }),
    timeCreated: readString(before, 'timeCreated') ?? now,
  };
}

function showStorage(
  { id, name }: PutRequest['id'],
  storage: Properties,
  osProfile: Properties | undefined,
): Properties {
  const disk = readObject(storage, 'osDisk');
  const shown = { ...storage, dataDisks: readArray(storage, 'dataDisks') ?? [] };
  if (!disk) return shown;
  const diskName =
    readString(disk, 'name') ?? `${name}_OsDisk_1_${derivedGuid('disk', id).replaceAll('-', '')}`;
  const group = id.slice(0, id.toLowerCase().indexOf('/providers/'));
  const osType =
    readString(disk, 'osType') ??
    (osProfile && (readObject(osProfile, 'windowsConfiguration') ? 'Windows' : undefined)) ??
    (osProfile && (readObject(osProfile, 'linuxConfiguration') ? 'Linux' : undefined));
  // A disk of the time before managed ones lies in a storage account, by its address.
  const isManaged = readObject(disk, 'vhd') === undefined;
  return {
    ...shown,
    osDisk: {
      ...(osType !== undefined && { osType }),
      ...disk,
      name: diskName,
      ...(isManaged && {
        managedDisk: {
          id: `${group}/providers/Microsoft.Compute/disks/${diskName}`,
          ...readObject(disk, 'managedDisk'),
        },
      }),
    },
  };
}

function showAccount(osProfile: Properties): Properties {
  return {
    ...osProfile,
    secrets: readArray(osProfile, 'secrets') ?? [],
    allowExtensionOperations: osProfile.allowExtensionOperations ?? true,
    requireGuestProvisionSignal: osProfile.requireGuestProvisionSignal ?? true,
  };
}
