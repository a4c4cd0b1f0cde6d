// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array
import { assertKnown } from '../expression/deferred.ts';
import { arrayArgument, arrayOf, integerArgument } from './arguments.ts';
import { refuse } from './refusal.ts';
import { type CallSite, eager, type FunctionTable } from './template-function.ts';

export const arrayFunctions: FunctionTable = {
  array: eager(1, ([value]) => {
    assertKnown(value);
    return Array.isArray(value) ? value : [value];
  }),
  createArray: eager({ atLeast: 0 }, (args) => args),
  flatten: eager(1, (args, site) => arrayOf(args, 0, ['Array'], site).flat(1)),
  indexFromEnd: eager(2, indexFromEnd),
  range: eager(2, range),
};

function indexFromEnd(args: readonly unknown[], site: CallSite): unknown {
  const array = arrayArgument(args, 0, site);
  const index = integerArgument(args, 1, site);
  if (index < 1) {
    throw wrongIndex(
      `The index parameter must be greater than zero, but an index of '${index}' was received.`,
    );
  }
  if (index > array.length) {
    throw wrongIndex(
      `The index parameter cannot be larger than the length of the array. The index parameter was '${index}', and the length of the array parameter was '${array.length}'.`,
    );
  }
  return array.at(-index);
}

function wrongIndex(reason: string): Error {
  return refuse(`Unable to evaluate the template language function 'indexFromEnd'. ${reason}`);
}

const MAXIMUM_COUNT = 10_000;
const MAXIMUM_END = 2 ** 31 - 1;

function range(args: readonly unknown[], site: CallSite): readonly number[] {
  const start = integerArgument(args, 0, site);
  const count = integerArgument(args, 1, site);
  if (count >= 0 && count <= MAXIMUM_COUNT && start + count <= MAXIMUM_END) {
    return Array.from({ length: count }, (_, index) => start + index);
  }
  // Azure: the sentence says 1000, the engine takes 10,000 (golden/engine.json).
  throw refuse(
    "The template language function 'range' parameters are out of range: 'count' must be a positive integer no larger than 1000 and the sum of 'start index' and 'count' must be no larger than 2147483647. Please see https://aka.ms/arm-function-range for usage details.",
  );
}
