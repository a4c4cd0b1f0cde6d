// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-object
import { Deferred } from '../expression/deferred.ts';
import { printExpression } from '../expression/print.ts';
import type { JsonObject } from '../json-values.ts';
import { arrayOf, objectArgument, typeName } from './arguments.ts';
import { compareIgnoringCase } from './compare.ts';
import { refuse, SEE_FUNCTIONS } from './refusal.ts';
import { type CallSite, eager, type FunctionTable } from './template-function.ts';

export const objectFunctions: FunctionTable = {
  createObject: eager({ atLeast: 0 }, createObject),
  items: eager(1, (args, site) => {
    const object = objectArgument(args, 0, site);
    return sortedKeys(object).map((key) => ({ key, value: object[key] }));
  }),
  objectKeys: eager(1, (args, site) => sortedKeys(objectArgument(args, 0, site))),
  shallowMerge: eager(1, (args, site) => {
    const merged = new Map<string, [string, unknown]>();
    for (const object of arrayOf(args, 0, ['Object'], site)) {
      for (const [name, value] of Object.entries(object as JsonObject)) {
        // Azure: the first spelling of a name stays, the last value wins (golden/engine.json).
        const key = name.toLowerCase();
        merged.set(key, [merged.get(key)?.[0] ?? name, value]);
      }
    }
    return Object.fromEntries(merged.values());
  }),
};

function createObject(args: readonly unknown[], site: CallSite): JsonObject {
  if (args.length % 2 !== 0) {
    throw refuse(
      `The template language function '${site.name}' expects an even number of parameters. The number of provided parameters was '${args.length}'. ${SEE_FUNCTIONS}`,
    );
  }
  const names = args.filter((_, index) => index % 2 === 0);
  const known = names.filter((name) => !(name instanceof Deferred));
  const wrong = names.flatMap((name, index) =>
    name instanceof Deferred || typeName(name) === 'String'
      ? []
      : [{ position: 2 * index + 1, type: typeName(name) }],
  );
  if (wrong.length > 0) {
    throw refuse(
      `The template language function '${site.name}' expects the parameters at an odd-numbered position to be of type 'string'. The specified parameters at positions '${wrong.map(({ position }) => position).join(', ')}' are of types '${wrong.map(({ type }) => type).join(', ')}', respectively. ${SEE_FUNCTIONS}`,
    );
  }
  const seen = new Set<unknown>();
  const duplicates = new Set(known.filter((name) => seen.size === seen.add(name).size));
  if (duplicates.size > 0) {
    throw refuse(
      `The template language function '${site.name}' expects all property names to be unique. The following property names were duplicated: ${[...duplicates].join(', ')}. ${SEE_FUNCTIONS}`,
    );
  }
  return Object.fromEntries(names.map((name, index) => [memberName(name), args[2 * index + 1]]));
}

/** A name that only run time knows stands as its expression, as in a template. */
function memberName(name: unknown): string {
  return name instanceof Deferred ? `[${printExpression(name.expression)}]` : String(name);
}

/** Azure: in OrdinalIgnoreCase order, whatever order the object has (golden/engine.json). */
function sortedKeys(object: JsonObject): readonly string[] {
  return Object.keys(object).sort(compareIgnoringCase);
}
