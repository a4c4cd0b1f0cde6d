import { Deferred } from './expression/deferred.ts';
import { invalidTemplate } from './invalid-template.ts';
import { isObject, type JsonObject, jsonTypeName, member, sameJson } from './json-values.ts';
import type { TypeDefinition } from './template.ts';
import { resolveType } from './type-references.ts';

const SYNTAX = 'Please see https://aka.ms/arm-syntax-parameters for usage details.';
const PARAMETER_FILE = 'Please see https://aka.ms/arm-create-parameter-file for usage details.';

/** JSON types that a template type takes, as ARM names them. */
const EXPECTED: Readonly<
  Record<string, { readonly name: string; readonly takes: readonly string[] }>
> = {
  string: { name: 'String, Uri', takes: ['String'] },
  securestring: { name: 'String, Uri', takes: ['String'] },
  int: { name: 'Integer', takes: ['Integer'] },
  bool: { name: 'Boolean', takes: ['Boolean'] },
  array: { name: 'Array', takes: ['Array'] },
  object: { name: 'Object', takes: ['Object'] },
  secureobject: { name: 'Object', takes: ['Object'] },
};

export interface CheckedKind {
  /** `parameter` or `output`. */
  readonly kind: string;
  readonly definitions: ReadonlyMap<string, TypeDefinition>;
}

/**
 * Checks a value against its type: JSON type, allowed values, limits, and for user-defined types every
 * member, element and variant. What only run time knows is not checked.
 * Wording and order are those of Microsoft's engine (`bicep snapshot`).
 *
 * @param path of the value, for messages: `storage.sku`, `names[1]`
 * @throws ServiceError 400 `InvalidTemplate`
 */
export function checkValue(
  value: unknown,
  declared: TypeDefinition,
  path: string,
  context: CheckedKind,
): void {
  if (value instanceof Deferred) return;
  const definition = resolveType(declared, context.definitions);
  if (value === null && definition.nullable) return;
  const refuse = (reason: string): Error =>
    invalidTemplate(
      `The provided value for the template ${context.kind} '${path}' is not valid. ${reason}`,
    );
  checkJsonType(value, definition, refuse);
  checkAllowed(value, definition, refuse);
  checkLimits(value, definition, refuse);
  if (Array.isArray(value)) checkElements(value, definition, path, context, refuse);
  if (isObject(value)) checkMembers(value, definition, path, context, refuse);
}

type Refuse = (reason: string) => Error;

function checkJsonType(value: unknown, definition: TypeDefinition, refuse: Refuse): void {
  if (definition.type === undefined) return;
  const expected = EXPECTED[definition.type.toLowerCase()];
  if (expected === undefined) {
    // Pretend: Microsoft's engine answers an unknown type with an exception of its own.
    throw refuse(`The type '${definition.type}' is not known.`);
  }
  const found = jsonTypeName(value);
  if (expected.takes.includes(found)) return;
  throw refuse(
    `Expected a value of type '${expected.name}', but received a value of type '${found}'. ${PARAMETER_FILE}`,
  );
}

function checkAllowed(value: unknown, definition: TypeDefinition, refuse: Refuse): void {
  const allowed = definition.allowedValues;
  if (allowed === undefined || allowed.some((candidate) => sameJson(candidate, value))) return;
  // An array may also be a choice of several allowed values.
  const isChoice = Array.isArray(value) && !allowed.some(Array.isArray);
  if (isChoice && value.every((item) => allowed.some((candidate) => sameJson(candidate, item)))) {
    return;
  }
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const text = /^secure/i.test(definition.type ?? '') ? '' : shown;
  throw refuse(`The value '${text}' is not part of the allowed value(s): '${allowed.join(',')}'.`);
}

function checkLimits(value: unknown, definition: TypeDefinition, refuse: Refuse): void {
  const { minValue, maxValue, minLength, maxLength } = definition;
  if (typeof value === 'number') {
    if (minValue !== undefined && value < minValue) {
      throw refuse(`Value should be greater than or equal to '${minValue}'. ${SYNTAX}`);
    }
    if (maxValue !== undefined && value > maxValue) {
      throw refuse(`Value should be less than or equal to '${maxValue}'. ${SYNTAX}`);
    }
  }
  const length = lengthOf(value);
  if (length === undefined) return;
  if (minLength !== undefined && length < minLength) {
    throw refuse(
      `Length of the value should be greater than or equal to '${minLength}'. ${SYNTAX}`,
    );
  }
  if (maxLength !== undefined && length > maxLength) {
    throw refuse(`Length of the value should be less than or equal to '${maxLength}'. ${SYNTAX}`);
  }
}

function lengthOf(value: unknown): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

function checkElements(
  value: readonly unknown[],
  { prefixItems = [], items }: TypeDefinition,
  path: string,
  context: CheckedKind,
  refuse: Refuse,
): void {
  if (value.length < prefixItems.length) {
    throw refuse(
      `All elements of an array prefix are required, but no value was provided at index ${value.length}. ${SYNTAX}`,
    );
  }
  if (items === false && value.length > prefixItems.length) {
    throw refuse(
      `The array expects exactly ${prefixItems.length} item(s), but additional items were present. ${SYNTAX}`,
    );
  }
  value.forEach((element, index) => {
    const type = prefixItems[index] ?? items;
    if (typeof type === 'object') checkValue(element, type, `${path}[${index}]`, context);
  });
}

function checkMembers(
  value: JsonObject,
  definition: TypeDefinition,
  path: string,
  context: CheckedKind,
  refuse: Refuse,
): void {
  const { properties = {}, additionalProperties, discriminator } = definition;
  if (discriminator) {
    const variant = variantOf(value, discriminator, refuse);
    checkValue(value, variant, path, context);
    return;
  }
  const known = new Set<string>();
  for (const [name, type] of Object.entries(properties)) {
    known.add(name.toLowerCase());
    const content = member(value, name) ?? null;
    if (content !== null) {
      checkValue(content, type, `${path}.${name}`, context);
    } else if (!resolveType(type, context.definitions).nullable) {
      throw refuse(
        `A non-null value for the property '${name}' must be provided, but the property was null or missing. ${SYNTAX}`,
      );
    }
  }
  const others = Object.keys(value).filter((name) => !known.has(name.toLowerCase()));
  if (additionalProperties === false && others.length > 0) {
    throw refuse(
      `The object does not allow values with properties not defined in the schema, but the following unknown properties were present: [${others.map((name) => `'${name}'`).join(',')}]. ${SYNTAX}`,
    );
  }
  if (typeof additionalProperties !== 'object') return;
  for (const name of others) {
    checkValue(value[name], additionalProperties, `${path}.${name}`, context);
  }
}

function variantOf(
  value: JsonObject,
  { propertyName, mapping }: NonNullable<TypeDefinition['discriminator']>,
  refuse: Refuse,
): TypeDefinition {
  const chosen = member(value, propertyName);
  if (chosen === undefined || chosen === null) {
    throw refuse(
      `No value was provided for the discriminator property '${propertyName}'. ${SYNTAX}`,
    );
  }
  const variant = Object.hasOwn(mapping, String(chosen)) ? mapping[String(chosen)] : undefined;
  if (variant) return variant;
  const names = Object.keys(mapping).map((name) => `'${name}'`);
  throw refuse(
    `The value provided for the discriminator property '${propertyName}' did not match any known variant. Valid discriminator property values are: ${names.join(',')}. ${SYNTAX}`,
  );
}
