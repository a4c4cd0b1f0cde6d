import { ServiceError } from '../http/service-error.ts';
import { parseResourceId } from '../resource-id.ts';
import type { ResourceWithIdentity } from './assigned-identities.ts';

/**
 * `/metadata/instance`, a branch of it as JSON or, with `format=text`, one leaf as text.
 * Pretend: only what the machine's ARM resource says, without its disks and network.
 * Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#instance-metadata
 */
export function toInstanceMetadata(
  machine: ResourceWithIdentity,
  path: readonly string[],
  format: string | undefined,
): string | object {
  let node: unknown = { compute: toCompute(machine) };
  for (const name of path) {
    const isBranch = typeof node === 'object' && node !== null && Object.hasOwn(node, name);
    node = isBranch ? Reflect.get(node as object, name) : undefined;
  }
  if (typeof node === 'object' && node !== null && format !== 'text') return node;
  // Azure: a leaf is text and has to be asked for as such.
  // https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#data-format
  if (typeof node === 'string' && format === 'text') return node;
  throw new ServiceError(404, 'not_found', 'Not found');
}

function toCompute(machine: ResourceWithIdentity): object {
  const { id, name, location = '', tags = {}, properties = {} } = machine;
  const { subscriptionId = '', resourceGroup = '' } = parseResourceId(id) ?? {};
  const tagsList = Object.entries(tags).map(([key, value]) => ({ name: key, value }));
  const read = (...path: readonly string[]) => leaf(properties, path);
  const image = (part: string) => read('storageProfile', 'imageReference', part);
  return {
    azEnvironment: 'AzurePublicCloud',
    location,
    name,
    offer: image('offer'),
    osProfile: {
      adminUsername: read('osProfile', 'adminUsername'),
      computerName: read('osProfile', 'computerName'),
      disablePasswordAuthentication:
        read('osProfile', 'linuxConfiguration', 'disablePasswordAuthentication') || 'false',
    },
    osType: read('storageProfile', 'osDisk', 'osType'),
    provider: 'Microsoft.Compute',
    publisher: image('publisher'),
    resourceGroupName: resourceGroup,
    resourceId: id,
    securityProfile: {
      secureBootEnabled: read('securityProfile', 'uefiSettings', 'secureBootEnabled') || 'false',
      virtualTpmEnabled: read('securityProfile', 'uefiSettings', 'vTpmEnabled') || 'false',
    },
    sku: image('sku'),
    subscriptionId,
    tags: tagsList.map((tag) => `${tag.name}:${tag.value}`).join(';'),
    tagsList,
    version: image('version'),
    vmId: read('vmId'),
    vmSize: read('hardwareProfile', 'vmSize'),
  };
}

/**
 * Azure: every leaf is a string, '' where there is nothing.
 * https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#instance-metadata
 */
function leaf(properties: object, path: readonly string[]): string {
  const value = path.reduce<unknown>(
    (node, name) =>
      typeof node === 'object' && node !== null && Object.hasOwn(node, name)
        ? Reflect.get(node, name)
        : undefined,
    properties,
  );
  return ['string', 'boolean', 'number'].includes(typeof value) ? String(value) : '';
}
