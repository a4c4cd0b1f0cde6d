// union() and intersection(), of arrays and of objects.
// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array#union
import { assertWhollyKnown } from '../expression/deferred.ts';
import { isObject, type JsonObject } from '../json-values.ts';
import { typeName, wrongType } from './arguments.ts';
import { sameValue } from './compare.ts';
import { refuse } from './refusal.ts';
import { serializeJson } from './serialize-json.ts';
import { type CallSite, eager, type FunctionTable } from './template-function.ts';

export const setFunctions: FunctionTable = {
  union: eager({ atLeast: 2 }, (args, site) => {
    const { arrays, objects } = alike(args, site);
    if (arrays === undefined) return objects.reduce(mergeDeep);
    return distinct(arrays.flat(1));
  }),
  intersection: eager({ atLeast: 2 }, (args, site) => {
    const { arrays, objects } = alike(args, site);
    if (arrays === undefined) return objects.reduce(commonMembers);
    return arrays.map(distinct).reduce((left, right) => {
      const keys = new Set(right.map(identity));
      return left.filter((element) => keys.has(identity(element)));
    });
  }),
};

function alike(
  args: readonly unknown[],
  site: CallSite,
):
  | { arrays: readonly (readonly unknown[])[]; objects?: never }
  | { arrays?: never; objects: readonly JsonObject[] } {
  args.forEach((arg, index) => {
    const type = typeName(arg);
    if (type !== 'Array' && type !== 'Object') throw wrongType(arg, index, 'Array, Object', site);
  });
  const arrays = args.filter((arg) => Array.isArray(arg));
  if (arrays.length === args.length) return { arrays };
  const objects = args.filter((arg) => isObject(arg));
  if (objects.length === args.length) return { objects };
  throw refuse(
    `Template language function '${site.name}' expects parameters of the same type, but found multiple types.`,
  );
}

/** Azure: elements are the same when they are written the same, so the order in an object counts here
 * (golden/engine.json). */
function distinct(elements: readonly unknown[]): readonly unknown[] {
  const kept = new Map<string, unknown>();
  for (const element of elements) {
    const key = identity(element);
    if (!kept.has(key)) kept.set(key, element);
  }
  return [...kept.values()];
}

function identity(element: unknown): string {
  return serializeJson(element);
}

/**
 * The later value wins, objects are merged in depth, arrays are not; a null changes nothing that is there.
 * Azure: a name that differs in case replaces the earlier one, in its place (golden/engine.json).
 */
function mergeDeep(left: JsonObject, right: JsonObject): JsonObject {
  const merged = new Map(
    Object.entries(left).map(([name, value]) => [name.toLowerCase(), { name, value }]),
  );
  for (const [name, value] of Object.entries(right)) {
    const key = name.toLowerCase();
    const earlier = merged.get(key);
    if (earlier !== undefined) assertMergeable(earlier.value, value);
    if (earlier === undefined || earlier.name !== name) {
      merged.set(key, { name, value });
    } else if (isObject(earlier.value) && isObject(value)) {
      merged.set(key, { name, value: mergeDeep(earlier.value, value) });
    } else if (value !== null) {
      merged.set(key, { name, value });
    }
  }
  return Object.fromEntries([...merged.values()].map(({ name, value }) => [name, value]));
}

function assertMergeable(earlier: unknown, later: unknown): void {
  const types = [typeName(earlier), typeName(later)];
  if (types[0] === types[1] || types.includes('Null')) return;
  if (!types.includes('Object') && !types.includes('Array')) return;
  throw refuse(
    `The template language function 'union' failed to evaluate due to a type mismatch between '${types[0]}' and '${types[1]}'. Please see https://aka.ms/arm-function-union for usage details.`,
  );
}

function commonMembers(left: JsonObject, right: JsonObject): JsonObject {
  assertWhollyKnown(left);
  return Object.fromEntries(
    Object.entries(left).filter(
      ([name, value]) => Object.hasOwn(right, name) && sameValue(value, right[name]),
    ),
  );
}
