import { isDeepStrictEqual } from 'node:util';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Members by name without regard to case, as ARM finds them. */
export function member(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const lowerName = name.toLowerCase();
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === lowerName);
  return key === undefined ? undefined : object[key];
}

export function sameJson(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(left, right);
}

/** Names of JSON types as ARM's messages write them. */
export function jsonTypeName(value: unknown): string {
  if (value === null || value === undefined) return 'Null';
  if (Array.isArray(value)) return 'Array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Float';
  return { string: 'String', boolean: 'Boolean' }[typeof value as string] ?? 'Object';
}
