// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-lambda
import { assertKnown } from '../expression/deferred.ts';
import type { Expression } from '../expression/expression.ts';
import type { JsonObject } from '../json-values.ts';
import { arrayArgument, objectArgument, typeName, wrongCount, wrongType } from './arguments.ts';
import { refuse, SEE_FUNCTIONS } from './refusal.ts';
import { type CallSite, eager, type FunctionTable, lazy } from './template-function.ts';

export const lambdaFunctions: FunctionTable = {
  filter: lazy(2, (args, site) => {
    const { elements, lambda } = arrayAndLambda(args, site, [1, 2]);
    return elements.filter((element, index) => truth(lambda(element, index), index, site));
  }),
  groupBy: lazy([2, 3], (args, site) => {
    const groups = new Map<string, { name: string; values: unknown[] }>();
    for (const { name, value } of keyed(args, site)) {
      // Azure: keys that differ in case alone are one group, under the first spelling (golden/engine.json).
      const group = groups.get(name.toLowerCase()) ?? { name, values: [] };
      group.values.push(value);
      groups.set(name.toLowerCase(), group);
    }
    return Object.fromEntries([...groups.values()].map(({ name, values }) => [name, values]));
  }),
  map: lazy(2, (args, site) => {
    const { elements, lambda } = arrayAndLambda(args, site, [1, 2]);
    return elements.map((element, index) => lambda(element, index));
  }),
  mapValues: lazy(2, (args, site) => {
    const object = objectArgument([evaluateAt(args, 0, site)], 0, site);
    const lambda = lambdaArgument(args, 1, site, [1, 1]);
    return Object.fromEntries(
      Object.entries(object).map(([name, value]) => [name, lambda(value)]),
    ) satisfies JsonObject;
  }),
  reduce: lazy(3, (args, site) => {
    const elements = arrayArgument([evaluateAt(args, 0, site)], 0, site);
    const initial = evaluateAt(args, 1, site);
    const lambda = lambdaArgument(args, 2, site, [2, 3]);
    return elements.reduce((result, element, index) => {
      const next = lambda(result, element, index);
      assertKnown(next);
      return next;
    }, initial);
  }),
  sort: lazy(2, (args, site) => {
    const { elements, lambda } = arrayAndLambda(args, site, [2, 2]);
    return sorted(elements, (left, right) => truth(lambda(left, right), undefined, site));
  }),
  toObject: lazy([2, 3], (args, site) => {
    const members = new Map<string, [string, unknown]>();
    for (const { name, value } of keyed(args, site)) {
      if (members.has(name.toLowerCase())) {
        throw refuse(
          `The lambda expression parameter at index '1' of function '${site.name}' returned a duplicate key '${name}'. Object keys must be strings that are case-insensitively unique. ${SEE_FUNCTIONS}`,
        );
      }
      members.set(name.toLowerCase(), [name, value]);
    }
    return Object.fromEntries(members.values());
  }),
  lambdaVariables: eager(1, ([name], site) => {
    const variable = typeof name === 'string' ? site.lambdaVariable(name) : undefined;
    if (variable !== undefined) return variable.value;
    throw refuse(`The template function '${site.name}' is not valid. ${SEE_FUNCTIONS}`);
  }),
  // The functions above read their lambda as it is written; anywhere else it is no function.
  lambda: lazy({ atLeast: 0 }, (_, site) => {
    throw refuse(`The template function '${site.name}' is not valid. ${SEE_FUNCTIONS}`);
  }),
};

type Lambda = (...values: readonly unknown[]) => unknown;

function arrayAndLambda(
  args: readonly Expression[],
  site: CallSite,
  variables: readonly [number, number],
): { elements: readonly unknown[]; lambda: Lambda } {
  const elements = arrayArgument([evaluateAt(args, 0, site)], 0, site);
  return { elements, lambda: lambdaArgument(args, 1, site, variables) };
}

/** Each element with the name that the first lambda gives and the value that the second, if any, gives. */
function keyed(
  args: readonly Expression[],
  site: CallSite,
): readonly { name: string; value: unknown }[] {
  const { elements, lambda: nameOf } = arrayAndLambda(args, site, [1, 1]);
  const memberOf = args.length > 2 ? lambdaArgument(args, 2, site, [1, 1]) : undefined;
  return elements.map((element, index) => {
    const name = nameOf(element);
    if (typeof name !== 'string') throw wrongResult(name, 'String', index, site);
    return { name, value: memberOf === undefined ? element : memberOf(element) };
  });
}

function evaluateAt(args: readonly Expression[], index: number, site: CallSite): unknown {
  const argument = args[index];
  return argument === undefined ? null : site.evaluate(argument);
}

/** `lambda('x', 'i', body)`: takes at least so many and at most so many variables. */
function lambdaArgument(
  args: readonly Expression[],
  index: number,
  site: CallSite,
  [minimum, maximum]: readonly [number, number],
): Lambda {
  const lambda = args[index];
  if (lambda?.kind !== 'call' || lambda.name.toLowerCase() !== 'lambda') {
    throw refuse(
      `The template language function '${site.name}' expects its ${['first', 'second', 'third'][index]} parameter to be of type 'lambda'. The provided value is of type 'Token'. ${SEE_FUNCTIONS}`,
    );
  }
  const count = lambda.args.length - 1;
  if (count < minimum || count > maximum) {
    const expected =
      minimum === maximum ? `${minimum + 1}` : `between ${minimum + 1} and ${maximum + 1}`;
    throw wrongCount('lambda', expected, lambda.args.length);
  }
  const names = lambda.args.slice(0, -1).map((arg, at) => {
    const name = site.evaluate(arg);
    if (typeof name === 'string') return name;
    throw wrongType(name, at, 'String', { ...site, name: 'lambda', arity: { atLeast: 2 } });
  });
  const body = lambda.args.at(-1) ?? { kind: 'literal', value: null };
  return (...values) =>
    site.evaluateLambda(
      body,
      names.map((name, at) => [name, values[at]]),
    );
}

function truth(value: unknown, index: number | undefined, site: CallSite): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongResult(value, 'Boolean', index, site);
}

function wrongResult(
  value: unknown,
  expected: string,
  index: number | undefined,
  site: CallSite,
): Error {
  const where = index === undefined ? '' : ` on the input element at position ${index}`;
  return refuse(
    `The lambda expression provided to language function '${site.name}' is expected to return a value of type '${expected}', but evaluation${where} returned a value of type '${typeName(value)}'. ${SEE_FUNCTIONS}`,
  );
}

/** Stable; the lambda says whether the left element comes before the right one. */
function sorted(
  elements: readonly unknown[],
  isBefore: (left: unknown, right: unknown) => boolean,
): readonly unknown[] {
  return elements.toSorted((left, right) => {
    if (isBefore(left, right)) return -1;
    return isBefore(right, left) ? 1 : 0;
  });
}
