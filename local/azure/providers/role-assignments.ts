import type { RoleAssignment, RoleDefinition } from '../access/access.ts';
import { toAzureTimestamp } from '../clock.ts';
import { ServiceError } from '../http/service-error.ts';
import { isWithinScope, sameId } from '../resource-id.ts';
import { isGuid } from './guid.ts';
import type { ProviderServices, PutOutcome, PutRequest, ResourceProvider } from './provider.ts';
import { readString } from './read-property.ts';

/** What a read adds to what `access` keeps. */
interface Details {
  readonly principalType: string;
  readonly condition: string | null;
  readonly conditionVersion: string | null;
  readonly description: string | null;
  readonly createdOn: string;
  readonly createdBy: string;
}

/** Role assignments: what makes every other door say yes. Their form: [R20], [R22]. */
export function roleAssignments(services: ProviderServices): ResourceProvider {
  const { access, clock } = services;
  return {
    type: 'Microsoft.Authorization/roleAssignments',
    apiVersions: [
      '2022-04-01',
      '2020-10-01-preview',
      '2020-08-01-preview',
      '2020-04-01-preview',
      '2018-09-01-preview',
      '2018-01-01-preview',
      '2017-10-01-preview',
      '2015-07-01',
    ],
    listed: false,
    put(request) {
      const wanted = parseAssignment(services, request);
      requireNew(services, request, wanted);
      requirePrincipal(services, request, wanted.principalId);
      // Pretend: conditions are not evaluated, so an assignment with one grants nothing.
      if (readString(request.body.properties, 'condition')) access.removeAssignment(wanted.id);
      else access.addAssignment(wanted);
      const now = toAzureTimestamp(clock.nowMs());
      return showPut(services, request, wanted, now);
    },
    remove: ({ id }) => access.removeAssignment(id),
    notFound: ({ name }) =>
      new ServiceError(
        404,
        'RoleAssignmentNotFound',
        `The role assignment '${name.replaceAll('-', '')}' is not found.`,
      ),
    /** Assignments that were there before any template: the deployer's own. */
    read({ id }) {
      const assignment = access.listAssignments().find((each) => sameId(each.id, id));
      if (!assignment) return undefined;
      const details = {
        principalType: principalTypeOf(services, assignment.principalId),
        condition: null,
        conditionVersion: null,
        description: null,
        createdOn: toAzureTimestamp(0),
        createdBy: assignment.principalId,
      };
      return { properties: show(assignment, details, details.createdOn, details.createdBy) };
    },
  };
}

function parseAssignment(services: ProviderServices, { id, body }: PutRequest): RoleAssignment {
  if (!isGuid(id.name)) {
    // [Azure/azure-service-operator#2586]
    throw new ServiceError(
      400,
      'InvalidRoleAssignmentId',
      `The role assignment ID '${id.name}' is not valid. The role assignment ID must be a GUID.`,
    );
  }
  const principalId = readString(body.properties, 'principalId') ?? '';
  const roleText = readString(body.properties, 'roleDefinitionId') ?? '';
  if (!isGuid(principalId)) {
    // [Azure/azure-powershell#16627] for an id that is none; the other is what Terraform's users see.
    throw new ServiceError(
      400,
      'InvalidPrincipalId',
      principalId === ''
        ? 'A valid principal ID must be provided for role assignment.'
        : `The Principal ID '${principalId}' is not valid. Principal ID must be a GUID.`,
    );
  }
  // By its last GUID: templates build the id at group scope or in another subscription too, which Azure normalises
  // (Azure-Samples/functions-quickstart-typescript-azd, infra/app/rbac.bicep; Azure/azure-rest-api-specs#10939).
  const role = services.access.findDefinition(roleText.split('/').at(-1) ?? '');
  if (!role) {
    // Pretend: the status; only the code and text were seen.
    throw new ServiceError(
      400,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${(roleText.split('/').at(-1) ?? '').replaceAll('-', '')}' does not exist.`,
    );
  }
  requireAssignable(role, id.scope);
  return { id: id.id, scope: id.scope || '/', principalId, roleDefinitionId: role.id };
}

/**
 * Azure: a custom role is assigned only in its `assignableScopes`. [Azure/ALZ-PowerShell-Module#144]
 * Pretend: there are no management groups here, so one among them is taken to hold every subscription.
 */
function requireAssignable({ roleName, assignableScopes }: RoleDefinition, scope: string): void {
  const isManagementGroup = /^\/providers\/Microsoft\.Management\/managementGroups\//i;
  if (assignableScopes.some((each) => isManagementGroup.test(each) || isWithinScope(scope, each))) {
    return;
  }
  throw new ServiceError(
    400,
    'RoleAssignmentScopeNotAssignableToRoleDefinition',
    `The role ${roleName} is not available for assignment at the requested scope.`,
  );
}

/** The same name may be put again unchanged; the same grant under another name is a conflict. */
function requireNew(
  { access }: ProviderServices,
  { id }: PutRequest,
  wanted: RoleAssignment,
): void {
  const assignments = access.listAssignments();
  const sameName = assignments.find((each) => sameId(each.id, id.id));
  if (sameName && !isSameGrant(sameName, wanted)) {
    // [Azure/Azure-Landing-Zones#2040]
    throw new ServiceError(
      400,
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    );
  }
  const sameGrant = assignments.find(
    (each) => !sameId(each.id, id.id) && isSameGrant(each, wanted),
  );
  if (!sameGrant) return;
  const existingId = (sameGrant.id.split('/').at(-1) ?? '').replaceAll('-', '');
  throw new ServiceError(
    409,
    'RoleAssignmentExists',
    `The role assignment already exists. The ID of the existing role assignment is ${existingId}.`,
  );
}

function isSameGrant(left: RoleAssignment, right: RoleAssignment): boolean {
  return (
    sameId(left.scope, right.scope) &&
    sameId(left.principalId, right.principalId) &&
    sameId(left.roleDefinitionId, right.roleDefinitionId)
  );
}

/**
 * Azure: with a principalType the principal is not looked up, so a grant for nobody is accepted; without one an
 * unknown principal is refused [R22]. A type that contradicts the directory is refused too [Azure/azure-dev#5814].
 */
function requirePrincipal(
  { directory }: ProviderServices,
  { body }: PutRequest,
  principalId: string,
): void {
  const principal = directory.find(principalId);
  const given = readString(body.properties, 'principalType');
  if (!principal && given === undefined) {
    throw new ServiceError(
      400,
      'PrincipalNotFound',
      `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${directory.tenantId}. ` +
        'Check that you have the correct principal ID. If you are creating this principal and then immediately ' +
        'assigning a role, this error might be related to a replication delay. In this case, set the role ' +
        'assignment principalType property to a value, such as ServicePrincipal, User, or Group.  ' +
        'See https://aka.ms/docs-principaltype',
    );
  }
  const actual = principal && principalTypeName(principal.kind);
  if (given === undefined || actual === undefined || sameId(given, actual)) return;
  // Azure: `PrinciaplType`, so. [Azure/azure-dev#5814]
  throw new ServiceError(
    400,
    'UnmatchedPrincipalType',
    `The PrincipalId '${principalId.replaceAll('-', '')}' has type '${actual}' , ` +
      `which is different from specified PrinciaplType '${given}'.`,
  );
}

function showPut(
  services: ProviderServices,
  { body, caller, existing }: PutRequest,
  assignment: RoleAssignment,
  now: string,
): PutOutcome {
  const { properties } = body;
  const details: Details = {
    principalType:
      readString(properties, 'principalType') ?? principalTypeOf(services, assignment.principalId),
    condition: readString(properties, 'condition') ?? null,
    conditionVersion: readString(properties, 'conditionVersion') ?? null,
    description: readString(properties, 'description') ?? null,
    createdOn: existing?.createdTime ?? now,
    createdBy: existing?.createdBy ?? caller.principalId,
  };
  return { properties: show(assignment, details, now, caller.principalId) };
}

function show(
  assignment: RoleAssignment,
  details: Details,
  updatedOn: string,
  updatedBy: string,
): Record<string, unknown> {
  const { scope, principalId, roleDefinitionId } = assignment;
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? '';
  return {
    roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleDefinitionId}`,
    principalId,
    principalType: details.principalType,
    scope,
    condition: details.condition,
    conditionVersion: details.conditionVersion,
    createdOn: details.createdOn,
    updatedOn,
    createdBy: details.createdBy,
    updatedBy,
    delegatedManagedIdentityResourceId: null,
    description: details.description,
  };
}

function principalTypeOf({ directory }: ProviderServices, principalId: string): string {
  const kind = directory.find(principalId)?.kind;
  // Azure: an orphan shows as Unknown. https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
  return kind === undefined ? 'Unknown' : principalTypeName(kind);
}

function principalTypeName(kind: 'ManagedIdentity' | 'User' | 'Application' | 'Group'): string {
  return kind === 'User' || kind === 'Group' ? kind : 'ServicePrincipal';
}
