import type { SecurityStatement } from '../../tsql/ast/security.ts';
import { changePermissions } from '../permissions/change-permissions.ts';
import { alterRole, createRole, dropRole } from './change-role.ts';
import { alterUser, createUser, dropUser } from './change-user.ts';
import type { SecurityStatementContext } from './security-statement.ts';

/**
 * Users, roles and permissions. EXECUTE AS and REVERT are the session's (`execute-as.ts`).
 * Throws SqlError; the catalogue is as before then.
 */
export function applySecurityStatement(
  statement: Exclude<SecurityStatement, { kind: 'executeAs' | 'revert' }>,
  context: SecurityStatementContext,
): void {
  switch (statement.kind) {
    case 'createUser':
      createUser(statement, context);
      break;
    case 'alterUser':
      alterUser(statement, context);
      break;
    case 'dropUser':
      dropUser(statement, context);
      break;
    case 'createRole':
      createRole(statement, context);
      break;
    case 'alterRole':
      alterRole(statement, context);
      break;
    case 'dropRole':
      dropRole(statement, context);
      break;
    case 'grant':
    case 'deny':
    case 'revoke':
      changePermissions(statement, context);
      break;
  }
}
