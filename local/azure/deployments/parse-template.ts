import { ServiceError } from '../http/service-error.ts';
import { invalidTemplate, notDeployedHere, unknownMember } from './invalid-template.ts';
import { isObject, type JsonObject, member } from './json-values.ts';
import { parseOutputs } from './parse-outputs.ts';
import { parseResources } from './parse-resources.ts';
import { parseTypeDefinition } from './parse-type-definition.ts';
import type { ParameterDefinition, Template, TypeDefinition, UserFunction } from './template.ts';
import { parseVariables } from './variables.ts';

const LANGUAGE_VERSIONS = [
  '1.0',
  '1.9-experimental',
  '1.10-experimental',
  '2.0',
  '2.1-experimental',
];
const MEMBERS = [
  '$schema',
  'languageVersion',
  'contentVersion',
  'metadata',
  'definitions',
  'functions',
  'parameters',
  'variables',
  'resources',
  'outputs',
];
const NOT_DEPLOYED = ['apiProfile', 'imports', 'extensions', 'asserts', 'rules'];

/**
 * Checks a template's form: `$schema`, version and every member by name. Evaluates nothing.
 * Both dialects: resources as a list, or by symbolic name (language version 2.0 and 2.1-experimental).
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
 *
 * @throws ServiceError 400 `InvalidTemplate`, `InvalidRequestContent`.
 */
export function parseTemplate(source: unknown): Template {
  if (!isObject(source)) throw missing('template');
  checkMembers(source);
  checkSchema(source);
  const resources = section(source, 'resources', []);
  return {
    source,
    symbolic: !Array.isArray(resources),
    definitions: definitionsOf(source),
    parameters: parametersOf(source),
    variables: parseVariables(section(source, 'variables', {})),
    functions: functionsOf(source),
    resources: parseResources(resources),
    outputs: parseOutputs(section(source, 'outputs', {})),
  };
}

function checkMembers(source: JsonObject): void {
  for (const [name, value] of Object.entries(source)) {
    if (matches(MEMBERS, name)) continue;
    if (!matches(NOT_DEPLOYED, name)) throw unknownMember(name, 'Template', name);
    if (isObject(value) && Object.keys(value).length === 0) continue;
    throw notDeployedHere(`The template member '${name}'`);
  }
}

function matches(names: readonly string[], name: string): boolean {
  return names.some((known) => known.toLowerCase() === name.toLowerCase());
}

function checkSchema(source: JsonObject): void {
  const schema = member(source, '$schema');
  if (typeof schema !== 'string') throw missing('$schema');
  if (typeof member(source, 'contentVersion') !== 'string') throw missing('contentVersion');
  const level = /\/([A-Za-z]*)deploymentTemplate\.json#?$/i.exec(schema)?.[1]?.toLowerCase();
  if (level === 'managementgroup' || level === 'tenant') {
    throw notDeployedHere(`A deployment at the scope of the schema '${schema}'`);
  }
  if (level !== '' && level !== 'subscription') {
    // Pretend: Azure's own words for an unknown schema are not recorded.
    throw invalidTemplate(`The template schema '${schema}' is not supported`);
  }
  const version = member(source, 'languageVersion') ?? '1.0';
  if (!LANGUAGE_VERSIONS.includes(String(version))) {
    // Pretend: Azure's own words for an unknown language version are not recorded.
    throw invalidTemplate(`The template language version '${version}' is not recognized`);
  }
}

function missing(name: string): ServiceError {
  return new ServiceError(
    400,
    'InvalidRequestContent',
    `The request content was invalid and could not be deserialized: 'Required property '${name}' not found in JSON. Path 'properties.template'.'.`,
    { fromGateway: true },
  );
}

function section(source: JsonObject, name: string, fallback: unknown): unknown {
  return member(source, name) ?? fallback;
}

function definitionsOf(source: JsonObject): ReadonlyMap<string, TypeDefinition> {
  const definitions = new Map<string, TypeDefinition>();
  for (const [name, value] of entries(source, 'definitions')) {
    definitions.set(name.toLowerCase(), parseTypeDefinition(value, `definitions.${name}`));
  }
  return definitions;
}

function parametersOf(source: JsonObject): ReadonlyMap<string, ParameterDefinition> {
  const parameters = new Map<string, ParameterDefinition>();
  for (const [name, value] of entries(source, 'parameters')) {
    const definition = parseTypeDefinition(value, `parameters.${name}`, ['defaultValue']);
    const defaultValue = isObject(value) ? member(value, 'defaultValue') : undefined;
    parameters.set(name.toLowerCase(), {
      name,
      ...definition,
      ...(defaultValue !== undefined && { defaultValue }),
    });
  }
  return parameters;
}

function functionsOf(source: JsonObject): ReadonlyMap<string, UserFunction> {
  const functions = new Map<string, UserFunction>();
  const namespaces = section(source, 'functions', []);
  if (!Array.isArray(namespaces)) throw unknownMember('functions', 'Template', 'functions');
  namespaces.forEach((entry: unknown, index) => {
    if (!isObject(entry)) return;
    const namespace = String(member(entry, 'namespace'));
    for (const [name, value] of entries(entry, 'members')) {
      const path = `functions[${index}].members.${name}`;
      functions.set(`${namespace}.${name}`.toLowerCase(), parseUserFunction(value, path));
    }
  });
  return functions;
}

function parseUserFunction(value: unknown, path: string): UserFunction {
  if (!isObject(value)) throw unknownMember('members', 'TemplateFunctionNamespace', path);
  const parameters = member(value, 'parameters') ?? [];
  const output = member(value, 'output');
  if (!Array.isArray(parameters) || !isObject(output)) {
    throw unknownMember('output', 'TemplateFunction', path);
  }
  return {
    parameters: parameters.map((parameter: unknown) => ({
      ...parseTypeDefinition(parameter, `${path}.parameters`, ['name']),
      name: isObject(parameter) ? String(member(parameter, 'name')) : '',
    })),
    output: {
      ...parseTypeDefinition(output, `${path}.output`, ['value']),
      value: member(output, 'value'),
    },
  };
}

function entries(source: JsonObject, name: string): [string, unknown][] {
  const value = section(source, name, {});
  if (!isObject(value)) throw unknownMember(name, 'Template', name);
  return Object.entries(value);
}
