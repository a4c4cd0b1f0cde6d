// Statements that change the catalogue: each as a whole or not at all.
import { SqlError } from '../../tds/sql-error.ts';
import { applyDefinition, type DefinitionStatement } from '../catalogue/define/apply-definition.ts';
import { createStorageRules } from '../compile/compile-storage.ts';
import { applySecurityStatement } from '../security/principals/apply-security-statement.ts';
import type { CreateModule } from '../tsql/ast/definition.ts';
import type { SecurityStatement } from '../tsql/ast/security.ts';
import type { Statement } from '../tsql/ast/statement.ts';
import { declareAll } from './declarations.ts';
import { createFrame, declare, type Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { requireOwnNames } from './other-database.ts';
import { precheck } from './precheck.ts';
import type { StatementRunner } from './statement-runner.ts';

type Security = Exclude<SecurityStatement, { kind: 'executeAs' | 'revert' }>;

const definitions: ReadonlySet<string> = new Set([
  'createTable',
  'alterTable',
  'createIndex',
  'dropIndex',
  'createProcedure',
  'createView',
  'createSchema',
  'dropSchema',
  'drop',
]);
const security: ReadonlySet<string> = new Set([
  'createUser',
  'alterUser',
  'dropUser',
  'createRole',
  'alterRole',
  'dropRole',
  'grant',
  'deny',
  'revoke',
]);

export function isChange(
  statement: Statement,
): statement is Extract<Statement, DefinitionStatement | Security> {
  return definitions.has(statement.kind) || security.has(statement.kind);
}

/** Throws SqlError; the catalogue and the file are as before then. */
export async function applyChange(
  statement: Extract<Statement, DefinitionStatement | Security>,
  frame: Frame,
  { parts, call }: Interpreter,
): Promise<void> {
  const { transaction, options, database, catalogue, directory, runner } = parts;
  requireOwnNames(statement, catalogue.databaseName);
  if (statement.kind === 'createProcedure') precheckProcedure(statement, frame, runner);
  await transaction.beginWrite(options.lockTimeoutMs, call.signal);
  parts.context.beginStatement();
  const mark = catalogue.mark();
  database.exec('SAVEPOINT statement');
  try {
    const context = { catalogue, security: frame.security };
    if (definitions.has(statement.kind)) {
      const rules = createStorageRules(catalogue, frame.security.defaultSchema);
      applyDefinition(statement as DefinitionStatement, { ...context, database, rules });
    } else applySecurityStatement(statement as Security, { ...context, directory });
    database.exec('RELEASE statement');
  } catch (error) {
    database.exec('ROLLBACK TO statement');
    database.exec('RELEASE statement');
    catalogue.restore(mark);
    transaction.endStatement(false);
    throw error;
  }
  transaction.endStatement(true);
}

/** Throws SqlError as `precheck`, with the procedure's name. */
function precheckProcedure(
  { parameters, body, name }: CreateModule & { kind: 'createProcedure' },
  { security, level }: Frame,
  runner: StatementRunner,
): void {
  const procedure = { name: name.name, objectId: 0 };
  const frame = createFrame({ security, level, procedure });
  try {
    for (const parameter of parameters) declare(frame, parameter.name, parameter.type, null);
    declareAll(body, frame);
    precheck(body, frame, runner);
  } catch (error) {
    if (error instanceof SqlError) error.procedure = name.name;
    throw error;
  }
}
