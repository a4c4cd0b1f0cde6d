import { unknownMember } from './invalid-template.ts';
import { isObject, type JsonObject, member } from './json-values.ts';
import type { TypeDefinition } from './template.ts';

const MEMBERS = [
  '$ref',
  'type',
  'nullable',
  'allowedValues',
  'minValue',
  'maxValue',
  'minLength',
  'maxLength',
  'properties',
  'additionalProperties',
  'items',
  'prefixItems',
  'discriminator',
  'metadata',
];

/**
 * One type: of a parameter, an output, a definition or a member of one.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/definitions
 *
 * @throws ServiceError 400 `InvalidRequestContent` for a member that is neither of a type nor in `more`.
 */
export function parseTypeDefinition(
  value: unknown,
  path: string,
  more: readonly string[] = [],
): TypeDefinition {
  if (!isObject(value)) throw unknownMember(path, 'TemplateTypeDefinition', path);
  for (const name of Object.keys(value)) {
    if ([...MEMBERS, ...more].some((known) => known.toLowerCase() === name.toLowerCase())) continue;
    throw unknownMember(name, kindOf(path), `${path}.${name}`);
  }
  return {
    ...simpleMembers(value),
    ...nested(value, path),
  };
}

function kindOf(path: string): string {
  if (path.startsWith('parameters')) return 'TemplateInputParameter';
  return path.startsWith('outputs') ? 'TemplateOutputParameter' : 'TemplateTypeDefinition';
}

function simpleMembers(value: JsonObject): TypeDefinition {
  const ref = member(value, '$ref');
  const type = member(value, 'type');
  const allowedValues = member(value, 'allowedValues');
  return {
    ...(typeof ref === 'string' && { $ref: ref }),
    ...(typeof type === 'string' && { type }),
    ...(member(value, 'nullable') === true && { nullable: true }),
    ...(Array.isArray(allowedValues) && { allowedValues }),
    ...limit(value, 'minValue'),
    ...limit(value, 'maxValue'),
    ...limit(value, 'minLength'),
    ...limit(value, 'maxLength'),
  };
}

function limit(value: JsonObject, name: string): Record<string, number> {
  const number = member(value, name);
  return typeof number === 'number' ? { [name]: number } : {};
}

function nested(value: JsonObject, path: string): TypeDefinition {
  const properties = member(value, 'properties');
  const additional = member(value, 'additionalProperties');
  const items = member(value, 'items');
  const prefixItems = member(value, 'prefixItems');
  const discriminator = member(value, 'discriminator');
  return {
    ...(isObject(properties) && { properties: typesByName(properties, `${path}.properties`) }),
    ...(additional !== undefined && {
      additionalProperties: typeOrBoolean(additional, `${path}.additionalProperties`),
    }),
    ...(items !== undefined && { items: typeOrBoolean(items, `${path}.items`) }),
    ...(Array.isArray(prefixItems) && {
      prefixItems: prefixItems.map((item, index) =>
        parseTypeDefinition(item, `${path}.prefixItems[${index}]`),
      ),
    }),
    ...(isObject(discriminator) && {
      discriminator: {
        propertyName: String(member(discriminator, 'propertyName')),
        mapping: typesByName(member(discriminator, 'mapping'), `${path}.discriminator.mapping`),
      },
    }),
  };
}

function typeOrBoolean(value: unknown, path: string): TypeDefinition | boolean {
  return typeof value === 'boolean' ? value : parseTypeDefinition(value, path);
}

function typesByName(value: unknown, path: string): Record<string, TypeDefinition> {
  const types: Record<string, TypeDefinition> = {};
  for (const [name, type] of Object.entries(isObject(value) ? value : {})) {
    types[name] = parseTypeDefinition(type, `${path}.${name}`);
  }
  return types;
}
