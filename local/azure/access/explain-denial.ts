import type { AccessRequest, RoleAssignment, RoleDefinition } from './access.ts';

/** An assignment of the principal, with what it says about the request. */
export interface WeighedAssignment {
  readonly assignment: RoleAssignment;
  readonly role: RoleDefinition;
  /** Whether the assignment's scope reaches the request's. */
  readonly inScope: boolean;
  /** Whether the role has the action. */
  readonly allows: boolean;
}

/** One sentence on why nothing allows the request: the nearest miss first. */
export function explainDenial(
  request: AccessRequest,
  weighed: readonly WeighedAssignment[],
): string {
  if (weighed.length === 0) return 'The principal has no role assignment at all.';

  const elsewhere = weighed.filter(({ allows }) => allows);
  if (elsewhere.length > 0) {
    return `The role fits but not the scope: ${list(elsewhere)} does not reach ${request.scope}.`;
  }
  const here = weighed.filter(({ inScope }) => inScope);
  if (here.length === 0)
    return `No role assignment reaches ${request.scope}, only ${list(weighed)}.`;

  const managesOnly =
    request.isDataAction &&
    here.every(({ role }) => role.permissions.every(({ dataActions }) => dataActions.length === 0));
  const reason = managesOnly ? ': it is a data action, and these roles only manage' : '';
  return `No role that reaches the scope allows the action${reason}: ${list(here)}.`;
}

function list(weighed: readonly WeighedAssignment[]): string {
  return weighed
    .map(({ role, assignment }) => `${role.roleName} on ${assignment.scope || '/'}`)
    .join(', ');
}
