import type { Statement } from '../../tsql/ast/statement.ts';
import { alterTable } from './alter-table.ts';
import { createSchema, dropSchema } from './change-schema.ts';
import { createIndex, dropIndex } from './create-index.ts';
import { createModule } from './create-module.ts';
import { createTable } from './create-table.ts';
import type { DefinitionContext } from './definition-context.ts';
import { dropObjects } from './drop-object.ts';

export type DefinitionStatement = Extract<
  Statement,
  {
    kind:
      | 'createTable'
      | 'alterTable'
      | 'createIndex'
      | 'dropIndex'
      | 'createProcedure'
      | 'createView'
      | 'createSchema'
      | 'dropSchema'
      | 'drop';
  }
>;

/**
 * One definition, in the session's transaction. Throws SqlError; the session then rolls back to the statement's
 * savepoint and restores the catalogue's mark, as half of the work may be done.
 */
export function applyDefinition(statement: DefinitionStatement, context: DefinitionContext): void {
  switch (statement.kind) {
    case 'createTable':
      createTable(statement, context);
      break;
    case 'alterTable':
      alterTable(statement, context);
      break;
    case 'createIndex':
      createIndex(statement, context);
      break;
    case 'dropIndex':
      dropIndex(statement, context);
      break;
    case 'createProcedure':
    case 'createView':
      createModule(statement, context);
      break;
    case 'createSchema':
      createSchema(statement, context);
      break;
    case 'dropSchema':
      dropSchema(statement, context);
      break;
    case 'drop':
      dropObjects(statement, context);
      break;
  }
}
