// Built-in functions: how many arguments each takes, of which types, and what comes back.
import { SqlError } from '../../tds/sql-error.ts';
import type { Expression } from '../tsql/ast/expression.ts';
import { unsupportedFeature } from '../tsql/syntax-error.ts';
import { at } from './bind-error.ts';
import type { Compilation } from './compilation.ts';
import type { BuiltIn } from './functions/built-in.ts';
import { conversionFunctions } from './functions/conversion-functions.ts';
import { dateFunctions } from './functions/date-functions.ts';
import { mathFunctions } from './functions/math-functions.ts';
import { metadataFunctions } from './functions/metadata-functions.ts';
import { refusedFunctions } from './functions/refused-functions.ts';
import { sessionFunctions } from './functions/session-functions.ts';
import { stringFunctions } from './functions/string-functions.ts';
import type { SourceScope } from './sources.ts';
import type { Typed } from './typed.ts';

const builtIns: ReadonlyMap<string, BuiltIn> = new Map(
  Object.entries({
    ...stringFunctions,
    ...mathFunctions,
    ...dateFunctions,
    ...conversionFunctions,
    ...sessionFunctions,
    ...metadataFunctions,
  }),
);

/** Names of all functions that the subset has. */
export const builtInNames: readonly string[] = [...builtIns.keys()];

/** Throws SqlError 195 for a name that is none, 174 and 189 for the wrong number of arguments, 40514 for one that the stand-in lacks. */
export function compileCall(
  node: Extract<Expression, { kind: 'call' }>,
  scope: SourceScope,
  compilation: Compilation,
): Typed {
  const { name } = node;
  const builtIn = builtIns.get(name);
  if (!builtIn) {
    if (refusedFunctions.has(name)) throw unsupportedFeature(`function ${name}`, node.line);
    throw at(
      new SqlError(195, `'${name}' is not a recognized built-in function name.`, 15, 10),
      node,
    );
  }
  if (node.arguments === '*' || node.over) {
    throw at(new SqlError(102, `Incorrect syntax near '${node.over ? 'OVER' : '*'}'.`, 15), node);
  }
  const [least, most] = builtIn.arguments;
  const count = node.arguments.length;
  if (count < least || count > most) throw at(wrongCount(name, least, most), node);
  const [first] = node.arguments;
  const part = first?.kind === 'datePart' ? first.part : undefined;
  const values = node.arguments
    .filter((each) => each.kind !== 'datePart')
    .map((each) => compilation.expression(each, scope));
  return builtIn.compile(values, { compilation, name, ...(part !== undefined && { part }) });
}

function wrongCount(name: string, least: number, most: number): SqlError {
  const shown = name.toLowerCase();
  if (least === most)
    return new SqlError(174, `The ${shown} function requires ${least} argument(s).`, 15);
  return most === Number.POSITIVE_INFINITY
    ? new SqlError(189, `The ${shown} function requires at least ${least} arguments.`, 15)
    : new SqlError(189, `The ${shown} function requires ${least} to ${most} arguments.`, 15);
}
