// Checks of arguments, in the words of Microsoft's engine (golden/engine.json).
import { assertKnown } from '../expression/deferred.ts';
import { isObject, type JsonObject, jsonTypeName } from '../json-values.ts';
import { refuse, SEE_FUNCTIONS } from './refusal.ts';
import type { Arity, CallSite } from './template-function.ts';

const ORDINALS = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
];
const COUNTS = ['no', 'one', 'two'];

/** `second parameter`; only `parameter` where the function has no other. */
export function describeParameter(index: number, site: CallSite): string {
  if (site.arity === 1) return 'parameter';
  return `${ORDINALS[index] ?? `${index + 1}th`} parameter`;
}

/** `Integer`, `String`, `Null` …, the engine's names of types. */
export function typeName(value: unknown): string {
  assertKnown(value);
  return jsonTypeName(value);
}

export function wrongType(value: unknown, index: number, expected: string, site: CallSite): Error {
  return refuse(
    `The template language function '${site.name}' expects its ${describeParameter(index, site)} to be of type '${expected}'. The provided value is of type '${typeName(value)}'. ${SEE_FUNCTIONS}`,
  );
}

export function wrongTypeAmong(
  value: unknown,
  index: number,
  expected: readonly string[],
  site: CallSite,
): Error {
  return refuse(
    `The template language function '${site.name}' expects its ${ORDINALS[index]} parameter to be one of the following types '${expected.join(', ')}'. The provided value is of type '${typeName(value)}'. ${SEE_FUNCTIONS}`,
  );
}

export function stringArgument(args: readonly unknown[], index: number, site: CallSite): string {
  const value = args[index];
  if (typeof value === 'string') return value;
  throw wrongType(value, index, 'String', site);
}

export function stringArguments(args: readonly unknown[], site: CallSite): readonly string[] {
  return args.map((_, index) => stringArgument(args, index, site));
}

export function integerArgument(args: readonly unknown[], index: number, site: CallSite): number {
  const value = args[index];
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw wrongType(value, index, 'Integer', site);
}

/** An integer that .NET takes as an index or a count. */
export function int32Argument(args: readonly unknown[], index: number, site: CallSite): number {
  const value = integerArgument(args, index, site);
  if (value === (value | 0)) return value;
  throw refuse(
    `The value '${value}' cannot be used as a number because it is either too large or too small. The value must be between -2147483648 and 2147483647.`,
  );
}

export function booleanArgument(args: readonly unknown[], index: number, site: CallSite): boolean {
  const value = args[index];
  if (typeof value === 'boolean') return value;
  throw wrongType(value, index, 'Boolean', site);
}

export function arrayArgument(
  args: readonly unknown[],
  index: number,
  site: CallSite,
): readonly unknown[] {
  const value = args[index];
  if (Array.isArray(value)) return value;
  throw wrongType(value, index, 'Array', site);
}

export function objectArgument(
  args: readonly unknown[],
  index: number,
  site: CallSite,
): JsonObject {
  const value = args[index];
  assertKnown(value);
  if (isObject(value)) return value;
  throw wrongType(value, index, 'Object', site);
}

/** An array whose elements all have one of the types. */
export function arrayOf(
  args: readonly unknown[],
  index: number,
  allowed: readonly string[],
  site: CallSite,
): readonly unknown[] {
  const array = arrayArgument(args, index, site);
  const wrong = array.flatMap((element, at) =>
    allowed.includes(typeName(element)) ? [] : [{ at, type: typeName(element) }],
  );
  if (wrong.length === 0) return array;
  const types = [...new Set(wrong.map(({ type }) => type))].join(', ');
  throw refuse(
    `The template language function '${site.name}' expects its ${ORDINALS[index]} parameter to be an array only containing elements of type(s) '${allowed.join(', ')}'. The provided value contains elements with disallowed type(s) '${types}' in index(es) ${wrong.map(({ at }) => at).join(', ')}. ${SEE_FUNCTIONS}`,
  );
}

/** @throws ServiceError 400 `InvalidTemplate` if a call has too few or too many arguments */
export function assertArity(count: number, arity: Arity, name: string): void {
  if (typeof arity === 'number') {
    if (count === arity) return;
    if (arity === 0) {
      throw refuse(
        `The provided parameters for template language function '${name}' is not valid. The function does not accept parameters. ${SEE_FUNCTIONS}`,
      );
    }
    throw wrongCount(name, `${arity}`, count);
  }
  if ('atLeast' in arity) {
    if (count >= arity.atLeast) return;
    const minimum = COUNTS[arity.atLeast];
    throw refuse(
      `Unable to evaluate template language function '${name}'. At least ${minimum === undefined ? `${arity.atLeast} parameters` : `${minimum} parameter`} should be provided. ${SEE_FUNCTIONS}`,
    );
  }
  const [minimum, maximum] = arity;
  if (count < minimum || count > maximum) {
    throw wrongCount(name, `between ${minimum} and ${maximum}`, count);
  }
}

/** The count alone, as for lambdas, which are counted without being functions of their own. */
export function wrongCount(name: string, expected: string, count: number): Error {
  return refuse(
    `Unable to evaluate template language function '${name}': function requires ${expected} argument(s) while ${count} were provided. Please see https://aka.ms/arm-resource-functions/#${name} for usage details.`,
  );
}
