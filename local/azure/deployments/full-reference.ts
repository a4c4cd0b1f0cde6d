import { parseResourceId } from '../resource-id.ts';
import type { DeployedValues } from './nested-result.ts';

/**
 * What reference(…, 'Full') gives: the resource with its properties, and where it is.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#return-value-5
 */
export function fullReference(
  resource: DeployedValues['resource'],
  apiVersion: string,
): Readonly<Record<string, unknown>> {
  const parsed = parseResourceId(resource.id);
  const shown = {
    apiVersion,
    location: resource.location,
    sku: resource.sku,
    kind: resource.kind,
    plan: resource.plan,
    zones: resource.zones,
    managedBy: resource.managedBy,
    identity: resource.identity,
    tags: resource.tags,
    properties: resource.properties,
    subscriptionId: parsed?.subscriptionId,
    resourceGroupName: parsed?.resourceGroup,
    scope: parsed?.resourceGroup === undefined ? parsed?.scope : '',
    resourceId: parsed && `${parsed.type}/${parsed.fullName}`,
    referenceApiVersion: apiVersion,
  };
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
}
