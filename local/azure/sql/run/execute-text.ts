// Statements that come as text: EXEC ('…') and sp_executesql. They run as the caller, outside of a procedure's chain of
// owners.
import { type Argument, bindArguments, type Output, outputsOf } from './arguments.ts';
import { MAX_LEVEL, runCalled } from './called-scope.ts';
import { declareAll } from './declarations.ts';
import type { Of } from './flow.ts';
import { statementExpected, tooDeep } from './flow-errors.ts';
import { createFrame, type Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { precheck } from './precheck.ts';

/** Throws SqlError. */
export async function callText(
  statement: Of<'executeText'>,
  frame: Frame,
  interpreter: Interpreter,
): Promise<void> {
  const type = { name: 'nvarchar', length: 'max' } as const;
  const { value } = interpreter.parts.runner.evaluate(statement.text, frame, type);
  await runText(String(value ?? ''), '', [], frame, interpreter);
}

/** `sp_executesql @statement, @declarations, …`. Throws SqlError. */
export async function executeSqlText(
  args: readonly Argument[],
  frame: Frame,
  interpreter: Interpreter,
): Promise<readonly Output[]> {
  const [text, declarations, ...rest] = args;
  if (typeof text?.value !== 'string' || !text.type.name.startsWith('n')) throw statementExpected();
  const declared = typeof declarations?.value === 'string' ? declarations.value : '';
  const outputs = await runText(text.value, declared, rest, frame, interpreter);
  return outputs.map((each) => ({ ...each, index: each.index + 2 }));
}

/** Throws SqlError. */
export async function runText(
  text: string,
  declarations: string,
  args: readonly Argument[],
  caller: Frame,
  interpreter: Interpreter,
): Promise<readonly Output[]> {
  const { parser, options, runner } = interpreter.parts;
  if (caller.level >= MAX_LEVEL) throw tooDeep();
  const statements = parser.batch(text, options.quotedIdentifiers, declarations);
  const parameters = parser.declarations(declarations);
  const frame = createFrame({ security: caller.security, level: caller.level + 1 });
  const places = bindArguments('', parameters, args, frame, runner);
  declareAll(statements, frame);
  precheck(statements, frame, runner);
  await runCalled(statements, frame, caller, interpreter);
  return outputsOf(args, places, frame);
}
