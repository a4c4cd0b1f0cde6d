// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-numeric
import { integerArgument, typeName, wrongTypeAmong } from './arguments.ts';
import { isInt64, parseInt64, toExactNumber } from './integers.ts';
import { refuse, SEE_FUNCTIONS } from './refusal.ts';
import { type CallSite, eager, type FunctionTable } from './template-function.ts';

export const numberFunctions: FunctionTable = {
  add: eager(2, (args, site) => calculate(args, site, (left, right) => left + right)),
  sub: eager(2, (args, site) => calculate(args, site, (left, right) => left - right)),
  mul: eager(2, (args, site) => calculate(args, site, (left, right) => left * right)),
  div: eager(2, (args, site) => divide(args, site, (left, right) => left / right)),
  mod: eager(2, (args, site) => divide(args, site, (left, right) => left % right)),
  int: eager(1, toInteger),
  float: eager(1, toFloat),
  max: eager({ atLeast: 1 }, (args, site) => extreme(args, site, (left, right) => left > right)),
  min: eager({ atLeast: 1 }, (args, site) => extreme(args, site, (left, right) => left < right)),
};

type Operation = (left: bigint, right: bigint) => bigint;

function calculate(args: readonly unknown[], site: CallSite, operation: Operation): number {
  const left = BigInt(integerArgument(args, 0, site));
  const right = BigInt(integerArgument(args, 1, site));
  const result = operation(left, right);
  if (isInt64(result)) return toExactNumber(result);
  throw refuse(
    `The template language function '${site.name}' overflowed with the operants '${left}' and '${right}'. ${SEE_FUNCTIONS}`,
  );
}

function divide(args: readonly unknown[], site: CallSite, operation: Operation): number {
  return calculate(args, site, (left, right) => {
    if (right !== 0n) return operation(left, right);
    throw refuse(
      `The template language function '${site.name}' tried to divide by zero. ${SEE_FUNCTIONS}`,
    );
  });
}

function toInteger([value]: readonly unknown[], site: CallSite): number {
  if (typeName(value) === 'Integer') return Number(value);
  if (typeof value !== 'string') throw wrongTypeAmong(value, 0, ['Integer', 'String'], site);
  const number = parseInt64(value.trim());
  if (number !== undefined) return number;
  throw refuse(
    `The template language function 'int' cannot convert provided value '${value}' to integer value. Please see https://aka.ms/arm-function-int for usage details.`,
  );
}

function toFloat([value]: readonly unknown[], site: CallSite): number {
  if (typeName(value) === 'Integer' || typeName(value) === 'Float') return Number(value);
  if (typeof value !== 'string') throw wrongTypeAmong(value, 0, ['Integer', 'String'], site);
  const text = value.trim();
  const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw refuse(
    `The template language function 'float' cannot convert provided value '${value}' to float value. ${SEE_FUNCTIONS}`,
  );
}

function extreme(
  args: readonly unknown[],
  site: CallSite,
  wins: (left: number, right: number) => boolean,
): number {
  const values = args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
  let best: number | undefined;
  for (const value of values) {
    const type = typeName(value);
    if (type !== 'Integer' && type !== 'Float') {
      throw refuse(
        `The provided arguments for template language function '${site.name}' is not valid: all function arguments should be of numeric types. Please see https://aka.ms/arm-functions#${site.name} for usage details.`,
      );
    }
    if (best === undefined || wins(Number(value), best)) best = Number(value);
  }
  if (best !== undefined) return best;
  throw refuse(
    `Unable to evaluate template language function '${site.name}'. At least one parameter should be provided. ${SEE_FUNCTIONS}`,
  );
}
