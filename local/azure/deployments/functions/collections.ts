// Functions that take strings and arrays (some also objects) alike.
// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array
import { isObject, type JsonObject, member } from '../json-values.ts';
import { int32Argument, stringArgument, typeName } from './arguments.ts';
import { sameValue, toUpperInvariant } from './compare.ts';
import { refuse } from './refusal.ts';
import { type CallSite, eager, type FunctionTable } from './template-function.ts';
import { toText } from './to-text.ts';

export const collectionFunctions: FunctionTable = {
  concat: eager({ atLeast: 0 }, concat),
  contains: eager(2, contains),
  empty: eager(1, ([value]) => isEmpty(value)),
  length: eager(1, ([value]) => lengthOf(value)),
  first: eager(1, ([value], site) => elementAt(value, 0, site)),
  last: eager(1, ([value], site) => elementAt(value, -1, site)),
  skip: eager(2, (args, site) => {
    const collection = stringOrArray(args[0], site);
    return collection.slice(Math.max(0, int32Argument(args, 1, site)));
  }),
  take: eager(2, (args, site) => {
    const collection = stringOrArray(args[0], site);
    return collection.slice(0, Math.max(0, int32Argument(args, 1, site)));
  }),
  indexOf: eager(2, (args, site) => {
    const [collection, sought] = args;
    if (Array.isArray(collection)) {
      return collection.findIndex((element) => sameValue(element, sought));
    }
    const [text, part] = upperPair(args, site);
    return text.indexOf(part);
  }),
  lastIndexOf: eager(2, (args, site) => {
    const [collection, sought] = args;
    if (Array.isArray(collection)) {
      return collection.findLastIndex((element) => sameValue(element, sought));
    }
    const [text, part] = upperPair(args, site);
    // Azure: the empty text is found before the last character, not behind it (golden/engine.json).
    return part === '' ? Math.max(0, text.length - 1) : text.lastIndexOf(part);
  }),
};

function concat(args: readonly unknown[]): unknown {
  if (args.length > 0 && args.every((arg) => typeName(arg) === 'Array')) return args.flat(1);
  if (args.every((arg) => ['String', 'Integer', 'Boolean'].includes(typeName(arg)))) {
    return args.map(toText).join('');
  }
  throw refuse(
    "The provided parameters for language function 'concat' are invalid. Either all or none of the parameters must be an array. Please see https://aka.ms/arm-function-concat for usage details.",
  );
}

function contains([container, sought]: readonly unknown[]): boolean {
  const types = [typeName(container), typeName(sought)];
  if (Array.isArray(container)) return container.some((element) => sameValue(element, sought));
  if (typeof sought === 'string') {
    // Azure: with regard to case in a string, without in an object (golden/engine.json).
    if (typeof container === 'string') return container.includes(sought);
    if (isObject(container)) return member(container, sought) !== undefined;
  }
  throw refuse(
    `The template function 'contains' expects parameters of matching types: a dictionary and a key (string), an array and a value (object), or a string and a substring. The provided types '${types.join("' and '")}' are incompatible. Please see https://aka.ms/arm-function-contains for usage details.`,
  );
}

function isEmpty(value: unknown): boolean {
  const type = typeName(value);
  if (type === 'Null') return true;
  const size = sizeOf(value);
  if (size !== undefined) return size === 0;
  throw refuse(
    `The template function 'empty' expects its parameter to be an object, an array, or a string. The provided value is of type '${type}'. Please see https://aka.ms/arm-function-empty for usage details.`,
  );
}

function lengthOf(value: unknown): number {
  const type = typeName(value);
  const size = sizeOf(value);
  if (size !== undefined) return size;
  throw refuse(
    `The template language function 'length' expects its parameter to be an array, object, or a string. The provided value is of type '${type}'. Please see https://aka.ms/arm-function-length for usage details.`,
  );
}

/** Strings are counted in UTF-16 code units, as .NET counts them. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value as JsonObject).length : undefined;
}

function elementAt(value: unknown, index: number, site: CallSite): unknown {
  const type = typeName(value);
  if (Array.isArray(value)) return value.at(index) ?? null;
  if (typeof value === 'string') return value.at(index) ?? '';
  throw refuse(
    `The template language function '${site.name}' expects its parameter be an array or a string. The provided value is of type '${type}'. Please see https://aka.ms/arm-function-${site.name} for usage details.`,
  );
}

function stringOrArray(value: unknown, site: CallSite): string | readonly unknown[] {
  const type = typeName(value);
  if (typeof value === 'string' || Array.isArray(value)) return value;
  throw refuse(
    `The template language function '${site.name}' expects its first parameter 'collection' to be an array or a string. The provided value is of type '${type}'. Please see https://aka.ms/arm-function-${site.name} for usage details.`,
  );
}

function upperPair(args: readonly unknown[], site: CallSite): [string, string] {
  const text = stringArgument(args, 0, site);
  return [toUpperInvariant(text), toUpperInvariant(stringArgument(args, 1, site))];
}
