import type { StoredProcedure } from '../../catalogue/catalogue-state.ts';
import { foldName } from '../../catalogue/names.ts';
import type { SessionCatalogue } from '../../catalogue/session-catalogue.ts';
import type { DatabaseSecurityContext } from '../database-security-context.ts';
import { ownerOf } from '../permissions/principal-rights.ts';
import { cannotImpersonate } from '../principal-errors.ts';

/** EXECUTE AS USER = '…': the context until REVERT. Needs IMPERSONATE on the user. Throws SqlError 15517. */
export function executeAs(
  name: string,
  catalogue: SessionCatalogue,
  security: DatabaseSecurityContext,
): DatabaseSecurityContext {
  const user = catalogue.state.principals.get(foldName(name));
  const isSelf = user?.principalId === security.principalId;
  // SQL Server: a group is no single principal to act as; dbo only for its owners.
  const canBe = user && (user.type === 'E' || user.type === 'S');
  if (!canBe || !(isSelf || security.has('IMPERSONATE', { kind: 'principal', name }))) {
    throw cannotImpersonate(name);
  }
  return isSelf ? security : security.as(user.principalId);
}

/** Who a procedure runs as [EXECUTE AS clause]: the caller, its owner, or who made it. */
export function procedureSecurity(
  procedure: StoredProcedure,
  catalogue: SessionCatalogue,
  security: DatabaseSecurityContext,
): { readonly security: DatabaseSecurityContext; readonly chainOwnerId?: number } {
  const place = { class: 1, majorId: procedure.objectId, minorId: 0 } as const;
  const chainOwnerId = ownerOf(catalogue.state, place);
  const actsAs = { caller: undefined, owner: chainOwnerId, self: procedure.createdBy }[
    procedure.executeAs
  ];
  const runsAs = actsAs === undefined ? security : security.as(actsAs);
  return { security: runsAs, ...(chainOwnerId !== undefined && { chainOwnerId }) };
}
