// Says in words what a deployment made: its resources, each identity, and each role assignment.
import type { DeploymentRecord } from './azure/deployments/deployment.ts';
import { isWithinScope, parseResourceId } from './azure/resource-id.ts';
import type { Resource } from './azure/resource-manager/resource.ts';
import type { LocalAzure } from './azure/start-azure.ts';

/** Types that only carry other resources, or say nothing to a reader. */
const NOT_TOLD = /^Microsoft\.(Resources\/deployments|Authorization\/roleAssignments)$/i;

/** The one child type that Azure lists beside the top-level ones. */
const DATABASES = /^Microsoft\.Sql\/servers\/databases$/i;

/** Lines for the terminal, in the order: resources, identities, what each may do. */
export function tellDeployment(azure: LocalAzure, record: DeploymentRecord): string[] {
  const { subscriptionId, resourceGroup } = record.scope;
  const groupId = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const resources = azure.resourceManager
    .listResources()
    .filter((resource) => isWithinScope(resource.id, groupId) && resource.id !== groupId);
  const told = resources.filter(
    ({ type }) => !NOT_TOLD.test(type) && (type.split('/').length === 2 || DATABASES.test(type)),
  );
  const width = Math.max(...told.map(({ type }) => type.length));
  return [
    `Deployed '${record.name}' into resource group ${resourceGroup} (${record.changedMs - record.startedMs} ms)`,
    ...told.map(({ type, name }) => `  ${type.padEnd(width)}  ${name}`),
    ...resources.flatMap((resource) => tellIdentity(azure, resource)),
  ];
}

function tellIdentity(azure: LocalAzure, resource: Resource): string[] {
  const principal = azure.directory.findByResourceId(resource.id);
  if (principal?.kind !== 'ManagedIdentity') return [];
  const assignments = azure.access
    .listAssignments()
    .filter((assignment) => assignment.principalId === principal.principalId);
  const grants = assignments.map(({ roleDefinitionId, scope }) => ({
    role: azure.access.findDefinition(roleDefinitionId)?.roleName ?? roleDefinitionId,
    scope: tellScope(scope),
  }));
  const width = Math.max(0, ...grants.map(({ role }) => role.length));
  const kind = /userAssignedIdentities$/i.test(resource.type) ? 'User-assigned' : 'System-assigned';
  return [
    `${kind} identity ${principal.displayName}`,
    `  client id ${principal.clientId}, principal id ${principal.principalId}`,
    ...grants.map(({ role, scope }) => `  may act as ${role.padEnd(width)} on ${scope}`),
  ];
}

/** `secret demo of vault kv-…`: the last type's singular and every name on the way. */
function tellScope(scope: string): string {
  const parsed = parseResourceId(scope);
  if (!parsed) return scope;
  const types = parsed.type.split('/').slice(1);
  const names = parsed.fullName.split('/');
  return types
    .map((type, index) => `${singular(type)} ${names[index]}`)
    .filter((part) => part !== 'blobService default')
    .reverse()
    .join(' of ');
}

function singular(type: string): string {
  const words = type.replace(
    /([a-z])([A-Z])/g,
    (_, a: string, b: string) => `${a} ${b.toLowerCase()}`,
  );
  return type === 'blobServices' ? 'blobService' : words.replace(/ies$/, 'y').replace(/s$/, '');
}
