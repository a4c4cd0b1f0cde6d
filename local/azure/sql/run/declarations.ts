// DECLARE counts for its whole batch or procedure, wherever it stands; where it runs, it only gives the value.

import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType } from '../../tds/sql-type.ts';
import type { Statement } from '../tsql/ast/statement.ts';
import { declare, type Frame } from './frame.ts';

interface Declaration {
  readonly name: string;
  readonly type: SqlType;
  readonly line: number;
}

const found = new WeakMap<readonly Statement[], readonly Declaration[]>();

/** Declares what the statements declare. Throws SqlError 134. */
export function declareAll(statements: readonly Statement[], frame: Frame): void {
  let declarations = found.get(statements);
  if (!declarations) {
    declarations = statements.flatMap(declarationsOf);
    found.set(statements, declarations);
  }
  for (const { name, type, line } of declarations) {
    try {
      declare(frame, name, type, null);
    } catch (error) {
      if (error instanceof SqlError) error.line ??= line;
      throw error;
    }
  }
}

function declarationsOf(statement: Statement): readonly Declaration[] {
  switch (statement.kind) {
    case 'declare':
      return statement.variables.map(({ name, type }) => ({ name, type, line: statement.line }));
    default:
      return partsOf(statement).flatMap(declarationsOf);
  }
}

/** The statements inside of a statement. */
export function partsOf(statement: Statement): readonly Statement[] {
  switch (statement.kind) {
    case 'block':
      return statement.statements;
    case 'if':
      return statement.otherwise ? [statement.then, statement.otherwise] : [statement.then];
    case 'while':
      return [statement.body];
    case 'try':
      return [...statement.body, ...statement.handler];
    default:
      return [];
  }
}
