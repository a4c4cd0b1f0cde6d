// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-logical

import type { Expression } from '../expression/expression.ts';
import { booleanArgument, typeName } from './arguments.ts';
import { compareStrings, sameValue } from './compare.ts';
import { refuse, SEE_FUNCTIONS } from './refusal.ts';
import { type CallSite, eager, type FunctionTable, lazy } from './template-function.ts';

export const logicFunctions: FunctionTable = {
  true: eager(0, () => true),
  false: eager(0, () => false),
  null: eager(0, () => null),
  and: lazy({ atLeast: 2 }, (args, site) => args.every((arg) => operand(arg, site))),
  or: lazy({ atLeast: 2 }, (args, site) => args.some((arg) => operand(arg, site))),
  not: eager(1, (args, site) => !booleanArgument(args, 0, site)),
  if: lazy(3, choose),
  coalesce: lazy({ atLeast: 0 }, (args, site) => {
    for (const arg of args) {
      const value = site.evaluate(arg);
      if (typeName(value) !== 'Null') return value;
    }
    return null;
  }),
  bool: eager(1, ([value], site) => toBoolean(value, site)),
  equals: eager(2, ([left, right]) => sameValue(left, right)),
  less: eager(2, (args, site) => order(args, site) < 0),
  lessOrEquals: eager(2, (args, site) => order(args, site) <= 0),
  greater: eager(2, (args, site) => order(args, site) > 0),
  greaterOrEquals: eager(2, (args, site) => order(args, site) >= 0),
};

function operand(argument: Expression, site: CallSite): boolean {
  const value = site.evaluate(argument);
  if (typeName(value) === 'Boolean') return value === true;
  throw refuse(
    `The provided arguments for template language function '${site.name}' is not valid: all arguments should be of type 'boolean'. Please see https://aka.ms/arm-functions#${site.name} for usage details.`,
  );
}

function choose(args: readonly Expression[], site: CallSite): unknown {
  const [condition, whenTrue, whenFalse] = args;
  const holds = condition && site.evaluate(condition);
  if (typeName(holds) !== 'Boolean') {
    throw refuse(
      `The template language function 'if' expects its first parameter to be of type 'boolean'. The provided value is of type '${typeName(holds)}'. Please see https://aka.ms/arm-function-if for usage details.`,
    );
  }
  const branch = holds === true ? whenTrue : whenFalse;
  return branch && site.evaluate(branch);
}

function toBoolean(value: unknown, site: CallSite): boolean {
  const type = typeName(value);
  if (type === 'Boolean') return value === true;
  if (type === 'Integer') return value !== 0;
  if (typeof value === 'string') {
    const text = value.trim().toLowerCase();
    if (text === 'true' || text === 'false') return text === 'true';
  }
  throw refuse(
    `The template language function '${site.name}' was invoked with a parameter that is not valid. The value cannot be converted to the target type.`,
  );
}

function order(args: readonly unknown[], site: CallSite): number {
  const [left, right] = args;
  const types = [typeName(left), typeName(right)];
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right);
  if (types.includes('String')) {
    const wrongAt = types[0] === 'String' ? 1 : 0;
    throw refuse(
      `The template language function '${site.name}' expects its ${['first', 'second'][wrongAt]} parameter to be of type 'String'. The provided value is of type '${types[wrongAt]}'. ${SEE_FUNCTIONS}`,
    );
  }
  throw refuse(
    `The provided arguments for template language function '${site.name}' is not valid: all function arguments should be of numeric types. Please see https://aka.ms/arm-functions#${site.name} for usage details.`,
  );
}
