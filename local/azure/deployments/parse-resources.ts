import { invalidTemplate, notDeployedHere, unknownMember } from './invalid-template.ts';
import { isObject, type JsonObject, member } from './json-values.ts';
import type { ResourceLoop, TemplateResource } from './template.ts';
import { describePath, type JsonPath } from './template-position.ts';

/** What the engine reads itself; the rest is the body of the PUT. */
const OWN_MEMBERS = [
  'type',
  'apiVersion',
  'name',
  'scope',
  'resourceGroup',
  'subscriptionId',
  'condition',
  'dependsOn',
  'copy',
  'existing',
  'resources',
  '@options',
  'comments',
  'metadata',
];
const BODY_MEMBERS = [
  'location',
  'tags',
  'sku',
  'kind',
  'managedBy',
  'managedByExtended',
  'identity',
  'plan',
  'zones',
  'properties',
  'extendedLocation',
  'placement',
];
const NOT_DEPLOYED = ['import', 'extension', 'asserts', 'tenantId', 'originalName'];

/**
 * The resources of a template, child resources nested in a parent behind it.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/resource-declaration
 *
 * @throws ServiceError 400 `InvalidTemplate`, `InvalidRequestContent` naming the member.
 */
export function parseResources(section: unknown): readonly TemplateResource[] {
  if (Array.isArray(section)) {
    return section.flatMap((value, index) => parseWithChildren(value, ['resources', index]));
  }
  if (!isObject(section)) throw unknownMember('resources', 'Template', 'resources');
  return Object.entries(section).flatMap(([name, value]) =>
    parseWithChildren(value, ['resources', name], { symbolicName: name }),
  );
}

interface Surroundings {
  readonly symbolicName?: string;
  readonly parent?: TemplateResource;
}

function parseWithChildren(
  value: unknown,
  path: JsonPath,
  around: Surroundings = {},
): readonly TemplateResource[] {
  if (!isObject(value))
    throw unknownMember(String(path.at(-1)), 'TemplateResource', describePath(path));
  checkMembers(value, path);
  const resource = parseResource(value, path, around);
  const children = member(value, 'resources') ?? [];
  if (!Array.isArray(children))
    throw unknownMember('resources', 'TemplateResource', describePath(path));
  return [
    resource,
    ...children.flatMap((child: unknown, index) =>
      parseWithChildren(child, [...path, 'resources', index], { parent: resource }),
    ),
  ];
}

function checkMembers(value: JsonObject, path: JsonPath): void {
  for (const name of Object.keys(value)) {
    if (includes(OWN_MEMBERS, name) || includes(BODY_MEMBERS, name)) continue;
    if (includes(NOT_DEPLOYED, name)) throw notDeployedHere(`The resource member '${name}'`);
    throw unknownMember(name, 'TemplateResource', `${describePath(path)}.${name}`);
  }
}

function includes(names: readonly string[], name: string): boolean {
  return names.some((known) => known.toLowerCase() === name.toLowerCase());
}

function parseResource(value: JsonObject, path: JsonPath, around: Surroundings): TemplateResource {
  const { parent } = around;
  const name = member(value, 'name');
  const type = member(value, 'type');
  if (typeof name !== 'string') throw required('name');
  if (typeof type !== 'string') throw required('type');
  const loop = parseLoop(value, path, parent);
  const condition = member(value, 'condition');
  const dependsOn = member(value, 'dependsOn') ?? [];
  const options = member(value, '@options');
  return {
    ...around,
    path,
    name,
    type: parent && !isBelow(type, parent.type) ? `${parent.type}/${type}` : type,
    apiVersion: member(value, 'apiVersion'),
    ...(loop && { loop }),
    ...(condition !== undefined && { condition }),
    existing: member(value, 'existing') === true,
    onlyIfNotExists: onlyIfNotExists(options),
    dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : [],
    ...textMember(value, 'scope'),
    ...textMember(value, 'resourceGroup'),
    ...textMember(value, 'subscriptionId'),
    body: bodyOf(value),
  };
}

function required(name: string): Error {
  return invalidTemplate(
    `Invalid template resource. The '${name}' property must be specified. Please see https://aka.ms/arm-syntax for usage details.`,
  );
}

function isBelow(type: string, parentType: string): boolean {
  return type.toLowerCase().startsWith(`${parentType.toLowerCase()}/`);
}

function textMember(value: JsonObject, name: string): Record<string, string> {
  const text = member(value, name);
  return typeof text === 'string' ? { [name]: text } : {};
}

/** `@onlyIfNotExists()` compiles to an empty list of arguments. */
function onlyIfNotExists(options: unknown): boolean {
  if (!isObject(options)) return false;
  for (const name of Object.keys(options)) {
    if (name !== 'onlyIfNotExists') throw notDeployedHere(`The resource option '${name}'`);
  }
  return options.onlyIfNotExists !== undefined && options.onlyIfNotExists !== false;
}

function bodyOf(value: JsonObject): JsonObject {
  const body: Record<string, unknown> = {};
  for (const name of BODY_MEMBERS) {
    const content = member(value, name);
    if (content !== undefined) body[name] = content;
  }
  return body;
}

/** A nested child goes through its parent's loop; ARM gives it none of its own. */
function parseLoop(
  value: JsonObject,
  path: JsonPath,
  parent: TemplateResource | undefined,
): ResourceLoop | undefined {
  const copy = member(value, 'copy');
  if (copy === undefined) return parent?.loop;
  if (parent !== undefined) throw unknownMember('copy', 'TemplateResource', describePath(path));
  if (!isObject(copy)) throw unknownMember('copy', 'TemplateResource', describePath(path));
  const mode = String(member(copy, 'mode') ?? 'parallel').toLowerCase();
  const batchSize = member(copy, 'batchSize');
  return {
    name: String(member(copy, 'name')),
    count: member(copy, 'count'),
    ...(mode === 'serial' && { batchSize: typeof batchSize === 'number' ? batchSize : 1 }),
  };
}
