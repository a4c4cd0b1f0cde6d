import { ServiceError } from '../http/service-error.ts';
import { toLocationName } from '../providers/location-name.ts';
import type { ResourceProvider } from '../providers/provider.ts';
import type { ResourceId } from '../resource-id.ts';
import { invalidRequestContent, locationRequired } from './gateway-errors.ts';
import { requireLocation } from './locations.ts';
import type { Resource, ResourceBody } from './resource.ts';

const MAX_TAGS = 50;
const RESERVED_IN_TAG_NAMES = /[<>%&\\?/]|\p{Cc}/u;

/** ARM's own checks of a PUT body, before the provider sees it. Throws ServiceError. */
export function checkBody(
  id: ResourceId,
  body: ResourceBody,
  provider: ResourceProvider | undefined,
  existing: Resource | undefined,
): void {
  checkName(id);
  checkTags(body.tags);
  const { location, properties } = body;
  if (properties !== undefined && properties !== null && typeof properties !== 'object') {
    throw invalidRequestContent(`The property 'properties' must be an object.`);
  }
  const isTracked = provider?.listed && id.parentId === undefined;
  const needsLocation = provider?.needsLocation ?? isTracked;
  if (location === undefined || location === null || location === '') {
    if (needsLocation && !existing) throw locationRequired();
    return;
  }
  if (typeof location !== 'string') throw invalidRequestContent(`'location' must be a string.`);
  if (existing?.location !== undefined && needsLocation)
    checkSameLocation(id, existing.location, location);
  if (needsLocation) requireLocation(location, provider?.type ?? id.type);
}

function checkSameLocation(id: ResourceId, existing: string, wanted: string): void {
  if (toLocationName(existing) === toLocationName(wanted)) return;
  const isGroup = id.type === 'Microsoft.Resources/resourceGroups';
  throw isGroup
    ? new ServiceError(
        409,
        'InvalidResourceGroupLocation',
        `Invalid resource group location '${wanted}'. ` +
          `The Resource group already exists in location '${toLocationName(existing)}'.`,
        { fromGateway: true },
      )
    : new ServiceError(
        409,
        'InvalidResourceLocation',
        `The resource '${id.name}' already exists in location '${toLocationName(existing)}' in resource group ` +
          `'${id.resourceGroup}'. A resource with the same name cannot be created in location '${wanted}'. ` +
          'Please select a new resource name.',
        { fromGateway: true },
      );
}

/**
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 * Pretend: the wording.
 */
function checkName(id: ResourceId): void {
  const { name } = id;
  const isPlain = name.length <= 260 && !/[<>%&\\?/]/.test(name) && !/[. ]$/.test(name);
  if (isPlain) return;
  throw new ServiceError(
    400,
    'InvalidResourceName',
    `The provided resource name '${name}' has these invalid characters: '<>%&\\?/'. ` +
      "The name can not end with characters: '. '.",
    { fromGateway: true },
  );
}

/**
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
 * Pretend: code and words for too many tags.
 */
export function checkTags(tags: ResourceBody['tags']): void {
  if (tags === undefined || tags === null) return;
  const names = Object.keys(tags);
  if (typeof tags !== 'object' || Object.values(tags).some((value) => typeof value !== 'string')) {
    throw invalidRequestContent(`The property 'tags' must be an object of strings.`);
  }
  if (names.length > MAX_TAGS) {
    throw new ServiceError(
      400,
      'InvalidTags',
      `The number of tags '${names.length}' exceeds the maximum of '${MAX_TAGS}'.`,
      { fromGateway: true },
    );
  }
  // Azure: the portal's own tags have them, and templates too: `hidden-related:/subscriptions/…`
  // (Azure/azure-quickstart-templates).
  const reserved = names.filter(
    (name) => RESERVED_IN_TAG_NAMES.test(name) && !/^(hidden|link)/i.test(name),
  );
  if (reserved.length === 0) return;
  throw new ServiceError(
    400,
    'InvalidTagNameCharacters',
    `The tag names '${reserved.join(',')}' have reserved characters '<,>,%,&,\\,?,/' or control characters. ` +
      "These characters are only allowed for tags that start with the prefix 'hidden, link'.",
    { fromGateway: true },
  );
}
