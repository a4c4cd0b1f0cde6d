import { ServiceError } from '../http/service-error.ts';
import { sameId } from '../resource-id.ts';
import type { DeploymentScope } from './deployment.ts';
import { notDeployedHere } from './invalid-template.ts';

export const DEPLOYMENT_TYPE = 'Microsoft.Resources/deployments';
const GROUP_TYPE = 'microsoft.resources/resourcegroups';

/** `/subscriptions/{s}`, `/subscriptions/{s}/resourceGroups/{g}`. */
export function scopeIdOf(
  scope: Pick<DeploymentScope, 'subscriptionId' | 'resourceGroup'>,
): string {
  const subscription = `/subscriptions/${scope.subscriptionId}`;
  return scope.resourceGroup === undefined
    ? subscription
    : `${subscription}/resourceGroups/${scope.resourceGroup}`;
}

export function deploymentIdOf(scope: DeploymentScope, name: string): string {
  return resourceIdIn(scopeIdOf(scope), DEPLOYMENT_TYPE, name);
}

/** The id of a resource in a scope ('' is the tenant); `type` and `name` have as many segments as each other. */
export function resourceIdIn(scopeId: string, type: string, name: string): string {
  if (type.toLowerCase() === GROUP_TYPE) return `${scopeId}/resourceGroups/${name}`;
  const [namespace, ...types] = type.split('/');
  const names = name.split('/');
  const pairs = types.map((segment, index) => `${segment}/${names[index] ?? ''}`);
  return `${scopeId}/providers/${[namespace, ...pairs].join('/')}`;
}

/** Where one resource of a template goes: its own `scope`, `subscriptionId` and `resourceGroup`, evaluated. */
export interface Placement {
  readonly scope?: string;
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
}

/**
 * The scope id that a resource's id starts with.
 * `scope` is an id, or `type/name` of a resource in the deployment's own scope; `/` is the tenant.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/scope-extension-resources
 */
export function scopeIdFor(placement: Placement, deployment: DeploymentScope): string {
  const own = scopeIdOf(placedScope(placement, deployment));
  if (placement.scope === undefined) return own;
  const scope = placement.scope.replace(/\/+$/, '');
  if (scope === '' || scope.startsWith('/')) return scope;
  return `${own}/providers/${scope}`;
}

/**
 * The scope that a nested deployment (or an `existing` resource of another group) runs in: `subscriptionId`
 * without `resourceGroup` is that subscription itself.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/deploy-to-resource-group
 */
export function placedScope(placement: Placement, deployment: DeploymentScope): DeploymentScope {
  const { subscriptionId, resourceGroup } = placement;
  if (subscriptionId === undefined && resourceGroup === undefined) return deployment;
  const placed = {
    tenantId: deployment.tenantId,
    subscriptionId: subscriptionId ?? deployment.subscriptionId,
    ...(resourceGroup !== undefined && { resourceGroup }),
  };
  return sameId(scopeIdOf(placed), scopeIdOf(deployment)) ? deployment : placed;
}

/** @throws ServiceError 400 `InvalidTemplate` for a nested deployment outside of a group or subscription. */
export function nestedScope(
  placement: Placement,
  deployment: DeploymentScope,
  location: string | undefined,
): DeploymentScope {
  if (placement.scope !== undefined) {
    throw notDeployedHere(`A nested deployment with the scope '${placement.scope}'`);
  }
  const placed = placedScope(placement, deployment);
  if (placed.resourceGroup !== undefined) return placed;
  const place = location ?? placed.location;
  return { ...placed, ...(place !== undefined && { location: place }) };
}

/** Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/deploy-to-subscription#deployment-location-and-name */
export function locationRequired(deploymentName: string): ServiceError {
  return new ServiceError(
    400,
    'InvalidDeployment',
    `The 'location' property must be specified for '${deploymentName}'. Please see https://aka.ms/deploy-to-subscription for usage details.`,
    { fromGateway: true },
  );
}

/** `Microsoft.KeyVault/vaults/v` for what is in the deployment's own scope, the whole id else: as messages name it. */
export function shortReference(id: string, deployment: DeploymentScope): string {
  const prefix = `${scopeIdOf(deployment)}/providers/`;
  return id.toLowerCase().startsWith(prefix.toLowerCase()) ? id.slice(prefix.length) : id;
}
