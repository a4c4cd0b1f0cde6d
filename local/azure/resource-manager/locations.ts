import { ServiceError } from '../http/service-error.ts';
import { toLocationName } from '../providers/location-name.ts';
import { resourceGroupType } from './resource-type-names.ts';

/** Azure's public regions: `eastus`, `East US`. Source: https://learn.microsoft.com/azure/reliability/regions-list */
export const locations: readonly { readonly name: string; readonly displayName: string }[] = [
  'Australia Central',
  'Australia East',
  'Australia Southeast',
  'Austria East',
  'Belgium Central',
  'Brazil South',
  'Canada Central',
  'Canada East',
  'Central India',
  'Central US',
  'Chile Central',
  'East Asia',
  'East US',
  'East US 2',
  'France Central',
  'France South',
  'Germany North',
  'Germany West Central',
  'Indonesia Central',
  'Israel Central',
  'Italy North',
  'Japan East',
  'Japan West',
  'Jio India West',
  'Korea Central',
  'Korea South',
  'Malaysia West',
  'Mexico Central',
  'New Zealand North',
  'North Central US',
  'North Europe',
  'Norway East',
  'Norway West',
  'Poland Central',
  'Qatar Central',
  'South Africa North',
  'South Africa West',
  'South Central US',
  'South India',
  'Southeast Asia',
  'Spain Central',
  'Sweden Central',
  'Sweden South',
  'Switzerland North',
  'Switzerland West',
  'UAE Central',
  'UAE North',
  'UK South',
  'UK West',
  'West Central US',
  'West Europe',
  'West India',
  'West US',
  'West US 2',
  'West US 3',
].map((displayName) => ({ name: toLocationName(displayName), displayName }));

const displayNames = new Map(locations.map(({ name, displayName }) => [name, displayName]));

/** `eastus` → `East US`; an unknown name stays. */
export function toDisplayName(location: string): string {
  return displayNames.get(toLocationName(location)) ?? location;
}

/**
 * Throws 400 `LocationNotAvailableForResourceType`, or `LocationNotAvailableForResourceGroup` for a group.
 * [Azure/azure-rest-api-specs#8577, cloud-barista/cb-spider#527]
 */
export function requireLocation(location: string, type: string): void {
  if (displayNames.has(toLocationName(location))) return;
  const regions = `'${locations.map(({ name }) => name).join(',')}'`;
  const start = `The provided location '${location}' is not available for resource`;
  throw type === resourceGroupType
    ? new ServiceError(
        400,
        'LocationNotAvailableForResourceGroup',
        `${start} group. List of available regions is ${regions}.`,
        { fromGateway: true },
      )
    : new ServiceError(
        400,
        'LocationNotAvailableForResourceType',
        `${start} type '${type}'. List of available regions for the resource type is ${regions}.`,
        { fromGateway: true },
      );
}
