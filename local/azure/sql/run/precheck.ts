// Names that mean nothing fail a batch or a procedure before any of it runs, as SQL Server compiles it as a whole;
// tables that are not there yet may still come (deferred name resolution).
import { SqlError } from '../../tds/sql-error.ts';
import type { CatalogueState } from '../catalogue/catalogue-state.ts';
import type { Statement } from '../tsql/ast/statement.ts';
import { partsOf } from './declarations.ts';
import { valueToSet } from './flow.ts';
import { type Frame, variableOf } from './frame.ts';
import type { StatementRunner } from './statement-runner.ts';

/** What SQL Server knows before: not 208. */
const foundBefore: ReadonlySet<number> = new Set([
  109, 110, 120, 121, 137, 195, 206, 207, 209, 213, 257, 264, 1013, 4104, 8120, 8155,
]);

const onlyVariables: ReadonlySet<number> = new Set([137]);

/** The state of a catalogue that statements were found right for last. */
const right = new WeakMap<readonly Statement[], CatalogueState>();

/** `frame`: with its variables declared. Throws SqlError. */
export function precheck(
  statements: readonly Statement[],
  frame: Frame,
  runner: StatementRunner,
): void {
  // A statement on its own fails before it runs in any case.
  const [only] = statements;
  if (statements.length === 1 && only && partsOf(only).length === 0) return;
  const { state } = frame.security.catalogue;
  if (right.get(statements) === state) return;
  visit(statements, frame, runner, changesNames(statements) ? onlyVariables : foundBefore);
  right.set(statements, state);
}

/** Tables change under the batch's own statements: what names mean is known only then. */
function changesNames(statements: readonly Statement[]): boolean {
  return statements.some(
    (each) => /^(create|alter|drop|execute)/.test(each.kind) || changesNames(partsOf(each)),
  );
}

function visit(
  statements: readonly Statement[],
  frame: Frame,
  runner: StatementRunner,
  numbers: ReadonlySet<number>,
): void {
  for (const statement of statements) {
    try {
      compileParts(statement, frame, runner);
    } catch (error) {
      if (error instanceof SqlError && numbers.has(error.number)) throw error;
    }
    visit(partsOf(statement), frame, runner, numbers);
  }
}

function compileParts(statement: Statement, frame: Frame, runner: StatementRunner): void {
  switch (statement.kind) {
    case 'query':
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
      runner.compile(statement, frame);
      break;
    case 'declare':
      for (const { value, type } of statement.variables) {
        if (value) runner.compileExpression(value, frame, type);
      }
      break;
    case 'setVariable':
      runner.compileExpression(
        valueToSet(statement),
        frame,
        variableOf(frame, statement.variable).type,
      );
      break;
    case 'if':
    case 'while':
      runner.compileCondition(statement.condition, frame);
      break;
    default:
  }
}
