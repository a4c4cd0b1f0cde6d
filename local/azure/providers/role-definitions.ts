import type { RoleDefinition } from '../access/access.ts';
import { ServiceError } from '../http/service-error.ts';
import { isGuid } from './guid.ts';
import type { ProviderServices, PutRequest, ResourceProvider } from './provider.ts';
import { type Properties, readArray, readString } from './read-property.ts';

/**
 * Custom roles. Built-in ones are there from the start.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/custom-roles
 * Pretend: codes and words of the refusals but for RoleDefinitionHasAssignments and …WithSameNameExists.
 */
export function roleDefinitions({ access }: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Authorization/roleDefinitions',
    apiVersions: ['2022-05-01-preview', '2022-04-01', '2018-01-01-preview', '2015-07-01'],
    listed: false,
    put(request) {
      const definition = parseDefinition(request);
      const present = access.findDefinition(definition.id);
      if (present?.type === 'BuiltInRole') {
        throw new ServiceError(
          403,
          'RoleDefinitionUpdateNotPermitted',
          `The built-in role '${present.roleName}' cannot be changed.`,
        );
      }
      requireFreeName(definition);
      access.addDefinition(definition);
      const { id: _id, ...shown } = definition;
      return { properties: shown };
    },
    read: ({ name }) => {
      const role = access.findDefinition(name);
      if (!role) return undefined;
      const { id: _id, ...shown } = role;
      return { properties: shown };
    },
    remove: ({ name }) => {
      const isUsed = access
        .listAssignments()
        .some(({ roleDefinitionId }) => roleDefinitionId === name.toLowerCase());
      if (isUsed) {
        // https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
        throw new ServiceError(
          400,
          'RoleDefinitionHasAssignments',
          'There are existing role assignments referencing role (code: RoleDefinitionHasAssignments)',
        );
      }
      access.removeDefinition?.(name);
    },
  };

  function requireFreeName({ id, roleName }: RoleDefinition): void {
    const other = access
      .listDefinitions()
      .find((each) => each.id !== id && each.roleName.toLowerCase() === roleName.toLowerCase());
    if (!other) return;
    // [Azure/Azure-Landing-Zones#1505]
    throw new ServiceError(
      409,
      'RoleDefinitionWithSameNameExists',
      `A custom role with the same name already exists in this directory. Use a different name.`,
    );
  }
}

function parseDefinition({ id, body }: PutRequest): RoleDefinition {
  if (!isGuid(id.name)) {
    throw new ServiceError(
      400,
      'InvalidRoleDefinitionId',
      `The role definition ID '${id.name}' is not valid. The role definition ID must be a GUID.`,
    );
  }
  const { properties } = body;
  const roleName = readString(properties, 'roleName');
  if (!roleName)
    throw new ServiceError(400, 'MissingRoleName', 'The role definition has no roleName.');
  const scopes = readArray(properties, 'assignableScopes') ?? [];
  if (scopes.length === 0) {
    throw new ServiceError(
      400,
      'MissingAssignableScopes',
      'The role definition must have at least one assignable scope.',
    );
  }
  return {
    id: id.name.toLowerCase(),
    roleName,
    type: 'CustomRole',
    description: readString(properties, 'description') ?? '',
    assignableScopes: scopes.map(String),
    permissions: (readArray(properties, 'permissions') ?? []).map((permission) => {
      const from = permission as Properties;
      return {
        actions: texts(from, 'actions'),
        notActions: texts(from, 'notActions'),
        dataActions: texts(from, 'dataActions'),
        notDataActions: texts(from, 'notDataActions'),
      };
    }),
  };
}

function texts(from: Properties, name: string): readonly string[] {
  return (readArray(from, name) ?? []).map(String);
}
