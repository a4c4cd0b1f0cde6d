// The routing table of Azure Resource Manager. The first fit wins; what names a resource without an operation
// of its own falls to the generic ones at the end.

import { queryResources } from '../resource-graph/query-resources.ts';
import type { Operation } from './arm-context.ts';
import { checkNameAvailability } from './operations/check-name-availability.ts';
import { getAuthSettings } from './operations/get-auth-settings.ts';
import {
  deleteDeployment,
  exportDeploymentTemplate,
  getDeployment,
  headDeployment,
} from './operations/get-deployment.ts';
import { getDeploymentStatus } from './operations/get-deployment-status.ts';
import {
  getOperationResult,
  getResourceOperationResult,
} from './operations/get-operation-result.ts';
import { getResource, headResource } from './operations/get-resource.ts';
import { getRoleDefinition } from './operations/get-role-definition.ts';
import { getSubscription } from './operations/get-subscription.ts';
import { postAction } from './operations/invoke-action.ts';
import { listAssociatedResources } from './operations/list-associated-resources.ts';
import { listCollection } from './operations/list-collection.ts';
import {
  getDeploymentOperation,
  listDeploymentOperations,
} from './operations/list-deployment-operations.ts';
import { listDeployments } from './operations/list-deployments.ts';
import { listLocations } from './operations/list-locations.ts';
import { listPermissions } from './operations/list-permissions.ts';
import { getProvider, listProviders } from './operations/list-providers.ts';
import { listResourceGroups } from './operations/list-resource-groups.ts';
import { listResourcesOfGroup, listResourcesOfSubscription } from './operations/list-resources.ts';
import { listRoleAssignments } from './operations/list-role-assignments.ts';
import { listRoleDefinitions } from './operations/list-role-definitions.ts';
import { listSubscriptions } from './operations/list-subscriptions.ts';
import { listTenants } from './operations/list-tenants.ts';
import { putDeployment } from './operations/put-deployment.ts';
import { patchResource, putResource } from './operations/put-resource.ts';
import { registerProvider } from './operations/register-provider.ts';
import { removeResource, removeResourceGroup } from './operations/remove-resource.ts';
import { getTags, putTags, removeTags } from './operations/tags.ts';
import { validateDeployment } from './operations/validate-deployment.ts';
import { whatIfDeployment } from './operations/what-if-deployment.ts';
import type { Route } from './route-table.ts';

const subscription = '/subscriptions/{subscriptionId}';
const group = `${subscription}/resourceGroups/{resourceGroupName}`;
const resources = '{*scope}/providers/Microsoft.Resources';
const deployment = `${resources}/deployments/{deploymentName}`;
/** az 2.45 asks so for operations. */
const shortDeployment = '{*scope}/deployments/{deploymentName}';
const authorization = '{*scope}/providers/Microsoft.Authorization';
const identity = '{*scope}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}';

/** ARM's own operations: their api-version is ARM's. */
export const armRoutes: readonly Route[] = [
  route('GET', '/subscriptions', listSubscriptions),
  route('GET', subscription, getSubscription),
  route('GET', `${subscription}/locations`, listLocations),
  route('GET', '/tenants', listTenants),
  route('GET', '/providers', listProviders),
  route('GET', '/providers/{namespace}', getProvider),
  route('GET', `${subscription}/providers`, listProviders),
  route('GET', `${subscription}/providers/{namespace}`, getProvider),
  route('POST', `${subscription}/providers/{namespace}/register`, registerProvider),
  route(
    'POST',
    `${subscription}/providers/{namespace}/checkNameAvailability`,
    checkNameAvailability,
  ),
  route('GET', `${subscription}/resourceGroups`, listResourceGroups),
  route('GET', `${subscription}/operationresults/{operationId}`, getOperationResult),
  route('GET', '{*scope}/operationresults/{operationId}', getResourceOperationResult),
  route('GET', `${subscription}/resources`, listResourcesOfSubscription),
  route('GET', group, getResource),
  route('HEAD', group, headResource),
  route('PUT', group, putResource),
  route('PATCH', group, patchResource),
  route('DELETE', group, removeResourceGroup),
  route('GET', `${group}/resources`, listResourcesOfGroup),
  route('GET', `${resources}/deployments`, listDeployments),
  route('GET', deployment, getDeployment),
  route('HEAD', deployment, headDeployment),
  route('PUT', deployment, putDeployment),
  route('DELETE', deployment, deleteDeployment),
  route('POST', `${deployment}/validate`, validateDeployment),
  route('POST', `${deployment}/whatIf`, whatIfDeployment),
  route('POST', `${deployment}/exportTemplate`, exportDeploymentTemplate),
  route('GET', `${deployment}/operationStatuses/{operationId}`, getDeploymentStatus),
  route('GET', `${deployment}/operations`, listDeploymentOperations),
  route('GET', `${deployment}/operations/{operationId}`, getDeploymentOperation),
  route('GET', '{*scope}/deployments', listDeployments),
  route('GET', `${shortDeployment}/operations`, listDeploymentOperations),
  route('GET', `${shortDeployment}/operations/{operationId}`, getDeploymentOperation),
  route('GET', `${resources}/tags/default`, getTags),
  route('PUT', `${resources}/tags/default`, putTags),
  route('PATCH', `${resources}/tags/default`, putTags),
  route('DELETE', `${resources}/tags/default`, removeTags),
  route('GET', `${authorization}/roleDefinitions`, listRoleDefinitions),
  route('GET', `${authorization}/roleDefinitions/{roleDefinitionId}`, getRoleDefinition),
  route('GET', `${authorization}/roleAssignments`, listRoleAssignments),
  route('GET', `${authorization}/permissions`, listPermissions),
  route('POST', `${identity}/listAssociatedResources`, listAssociatedResources),
  route('POST', '/providers/Microsoft.ResourceGraph/resources', queryResources),
];

/** For any resource, by the parity of what stands behind its last `/providers/{namespace}`. */
const generic: Readonly<Record<string, { whole?: Operation; partial?: Operation }>> = {
  GET: { whole: getResource, partial: listCollection },
  HEAD: { whole: headResource },
  PUT: { whole: putResource },
  PATCH: { whole: patchResource },
  DELETE: { whole: removeResource },
  POST: { partial: postAction },
};

/**
 * The operation on a resource (`…/vaults/v`), a collection or an action (`…/vaults`, `…/vaults/v/{action}`);
 * undefined where the method does not fit, and for a path that is neither.
 */
export function findGenericOperation(method: string, path: string): Operation | undefined {
  const own = /.*\/providers\/([^/]+)\/(.+)$/i.exec(path)?.[2];
  if (own === undefined) return undefined;
  if (method === 'GET' && /\/config\/authsettingsV2\/list$/i.test(own)) return getAuthSettings;
  const isWhole = own.split('/').length % 2 === 0;
  return isWhole ? generic[method]?.whole : generic[method]?.partial;
}

function route(method: string, pattern: string, operation: Operation): Route {
  return { method, pattern, operation };
}
