// Arguments of a call, on their way into the parameters of a procedure or a text.
import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType, SqlValue } from '../../tds/sql-type.ts';
import { sameName } from '../catalogue/names.ts';
import type { ProcedureParameter } from '../tsql/ast/definition.ts';
import { notNumeric } from '../values/conversion-errors.ts';
import { requireConversion } from '../values/conversion-rules.ts';
import { convert } from '../values/convert.ts';
import { kindOf } from '../values/type-rules.ts';
import {
  missingParameter,
  notOutput,
  parametersNotSupplied,
  tooManyArguments,
  unknownParameter,
} from './flow-errors.ts';
import { declare, type Frame, variableOf } from './frame.ts';
import type { StatementRunner } from './statement-runner.ts';

export interface Argument {
  /** `@name`; absent: by place. */
  readonly name?: string;
  readonly type: SqlType;
  readonly value: SqlValue;
  /** The parameter's own default is asked for. */
  readonly isDefault?: boolean;
  readonly isOutput: boolean;
}

/** What an argument that asked for it gets back, by its index. */
export interface Output {
  readonly index: number;
  readonly name: string;
  readonly type: SqlType;
  readonly value: SqlValue;
}

/** The parameter that each argument goes to, by the argument's index. */
export type Places = readonly ProcedureParameter[];

/** Declares the parameters in the frame. Throws SqlError 201, 8114, 8144, 8145, 8162. */
export function bindArguments(
  procedure: string,
  parameters: readonly ProcedureParameter[],
  args: readonly Argument[],
  frame: Frame,
  runner: StatementRunner,
): Places {
  const places = args.map((each, index) => placeOf(each, index, procedure, parameters));
  for (const parameter of parameters) {
    const { name, type } = parameter;
    const argument = args[places.indexOf(parameter)];
    const isGiven = argument !== undefined && !argument.isDefault;
    if (isGiven) declare(frame, name, type, convertArgument(argument, type));
    else if (parameter.default) {
      declare(frame, name, type, runner.evaluate(parameter.default, frame, type).value);
    } else if (argument && parameter.isOutput) declare(frame, name, type, null);
    else throw missingParameter(procedure, name);
  }
  return places;
}

function placeOf(
  { name, isOutput }: Argument,
  index: number,
  procedure: string,
  parameters: readonly ProcedureParameter[],
): ProcedureParameter {
  if (parameters.length === 0) throw parametersNotSupplied(procedure);
  const parameter =
    name === undefined ? parameters[index] : parameters.find((each) => sameName(each.name, name));
  if (!parameter) {
    throw name === undefined ? tooManyArguments(procedure) : unknownParameter(procedure, name);
  }
  if (isOutput && !parameter.isOutput) throw notOutput(parameter.name);
  return parameter;
}

/** SQL Server: an argument that does not convert is 8114, whatever the kinds. */
function convertArgument({ value, type }: Argument, to: SqlType): SqlValue {
  if (value === null) return null;
  requireConversion(type, to, false);
  try {
    return convert(value, type, to);
  } catch (error) {
    const isFromText = kindOf(type) === 'text' && kindOf(to) !== 'text';
    throw error instanceof SqlError && isFromText ? notNumeric(type, to) : error;
  }
}

export function outputsOf(
  args: readonly Argument[],
  places: Places,
  frame: Frame,
): readonly Output[] {
  return args.flatMap(({ isOutput }, index) => {
    const parameter = places[index];
    if (!isOutput || !parameter) return [];
    const { type, value } = variableOf(frame, parameter.name);
    return [{ index, name: parameter.name, type, value }];
  });
}
