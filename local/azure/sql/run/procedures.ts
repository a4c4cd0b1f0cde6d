// EXEC of a procedure.
import type { StoredProcedure } from '../catalogue/catalogue-state.ts';
import { sameName } from '../catalogue/names.ts';
import { objectDenied } from '../security/permission-errors.ts';
import { procedureSecurity } from '../security/principals/execute-as.ts';
import { unsupportedFeature } from '../tsql/syntax-error.ts';
import { convert } from '../values/convert.ts';
import { type Argument, bindArguments, type Output, outputsOf } from './arguments.ts';
import { MAX_LEVEL, runCalled } from './called-scope.ts';
import { declareAll } from './declarations.ts';
import { executeSqlText } from './execute-text.ts';
import type { Of } from './flow.ts';
import { noProcedure, tooDeep } from './flow-errors.ts';
import { createFrame, type Frame, variableOf } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { type NamedObject, requireOwnDatabase } from './other-database.ts';

export interface Returned {
  readonly status: number;
  readonly outputs: readonly Output[];
}

/** `EXEC @status = procedure …`. Throws SqlError. */
export async function callProcedure(
  { arguments: given, procedure, statusVariable }: Of<'execute'>,
  frame: Frame,
  interpreter: Interpreter,
): Promise<void> {
  const { runner } = interpreter.parts;
  const args = given.map(({ name, value, isOutput }): Argument => {
    const named = { ...(name !== undefined && { name }), isOutput };
    if (value === 'default')
      return { ...named, type: { name: 'int' }, value: null, isDefault: true };
    return { ...named, ...runner.evaluate(value, frame) };
  });
  const { status, outputs } = await runNamed(procedure, args, frame, interpreter);
  for (const { index, type, value } of outputs) {
    const target = given[index]?.value;
    if (target === undefined || target === 'default' || target.kind !== 'variable') continue;
    const variable = variableOf(frame, target.name);
    variable.value = convert(value, type, variable.type);
  }
  if (statusVariable !== undefined) variableOf(frame, statusVariable).value = status;
}

async function runNamed(
  procedure: NamedObject,
  args: readonly Argument[],
  frame: Frame,
  interpreter: Interpreter,
): Promise<Returned> {
  const { schema, name } = procedure;
  requireOwnDatabase(procedure, interpreter.parts.catalogue.databaseName);
  const isSystem = schema === undefined || sameName(schema, 'sys');
  if (isSystem && sameName(name, 'sp_executesql')) {
    return { status: 0, outputs: await executeSqlText(args, frame, interpreter) };
  }
  return runProcedure(procedure, args, frame, interpreter);
}

/** Throws SqlError 201, 217, 229, 2812, 8144, 8145, 40514; BatchEnded. */
export async function runProcedure(
  name: NamedObject,
  args: readonly Argument[],
  caller: Frame,
  interpreter: Interpreter,
): Promise<Returned> {
  const { catalogue, parser, runner } = interpreter.parts;
  const procedure = findProcedure(name, caller, interpreter);
  if (caller.level >= MAX_LEVEL) throw tooDeep();
  const { parameters, body } = parser.procedure(procedure);
  const frame = createFrame({
    ...procedureSecurity(procedure, catalogue, caller.security),
    level: caller.level + 1,
    procedure: { name: procedure.name, objectId: procedure.objectId },
  });
  const places = bindArguments(procedure.name, parameters, args, frame, runner);
  declareAll(body, frame);
  await runCalled(body, frame, caller, interpreter);
  return { status: frame.returnStatus, outputs: outputsOf(args, places, frame) };
}

/** Throws SqlError 229, 2812, 40515. */
function findProcedure(
  wanted: NamedObject,
  { security, chainOwnerId }: Frame,
  { parts: { catalogue } }: Interpreter,
): StoredProcedure {
  const { schema, name } = wanted;
  requireOwnDatabase(wanted, catalogue.databaseName);
  const schemas = schema === undefined ? [security.defaultSchema, 'dbo'] : [schema];
  for (const each of schemas) {
    const object = catalogue.findObject(each, name);
    if (object?.kind !== 'procedure') continue;
    // The catalogue of a database holds its procedures as it stores them.
    const procedure = object as StoredProcedure;
    const target = { kind: 'object', schema: object.schema, name: object.name } as const;
    const isChained =
      chainOwnerId !== undefined &&
      procedureSecurity(procedure, catalogue, security).chainOwnerId === chainOwnerId;
    if (isChained || security.has('EXECUTE', target)) return procedure;
    throw objectDenied('EXECUTE', catalogue.databaseName, object);
  }
  const isSystem = schema === undefined || sameName(schema, 'sys');
  // Pretend: of SQL Server's own procedures only sp_executesql and what the protocol itself has.
  if (isSystem && /^(?:sp|xp)_/i.test(name)) throw unsupportedFeature(`procedure ${name}`, 1);
  throw noProcedure(schema === undefined ? name : `${schema}.${name}`);
}
