import { ServiceError } from '../http/service-error.ts';
import { parseResourceId } from '../resource-id.ts';
import type { ResourceWithIdentity } from './assigned-identities.ts';

/**
 * `/metadata/instance`, a branch of it as JSON or, with `format=text`, one leaf as text.
 * Pretend: only what the machine's ARM resource says without its image, disks and network.
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

function toCompute({ id, name, location = '', tags = {} }: ResourceWithIdentity): object {
  const { subscriptionId = '', resourceGroup = '' } = parseResourceId(id) ?? {};
  const tagsList = Object.entries(tags).map(([key, value]) => ({ name: key, value }));
  return {
    azEnvironment: 'AzurePublicCloud',
    location,
    name,
    provider: 'Microsoft.Compute',
    resourceGroupName: resourceGroup,
    resourceId: id,
    subscriptionId,
    tags: tagsList.map((tag) => `${tag.name}:${tag.value}`).join(';'),
    tagsList,
  };
}
