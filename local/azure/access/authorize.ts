import type { Clock } from '../clock.ts';
import type { Journal } from '../journal.ts';
import type { Access, AccessRequest, Decision, RoleAssignment } from './access.ts';
import { decide } from './decide.ts';
import { RoleAssignments } from './role-assignments.ts';
import { RoleDefinitions } from './role-definitions.ts';

export interface AccessParts {
  readonly journal: Journal;
  /** Absent: an assignment takes effect at once, and its removal too. */
  readonly delay?: { readonly clock: Clock; readonly delayMs: () => number };
  /** Groups that the principal is in, directly or through another group. Absent: there are none. */
  readonly groupsOf?: (principalId: string) => readonly { readonly principalId: string }[];
}

/** The tenant's access control, with the built-in roles and no assignment. Every decision goes into the journal. */
export function createAccess({ journal, delay, groupsOf = () => [] }: AccessParts): Access {
  const definitions = new RoleDefinitions();
  const assignments = new RoleAssignments(delay);

  /**
   * https://learn.microsoft.com/azure/role-based-access-control/overview#security-principal
   * Pretend: membership counts at once; in Azure a token carries the groups of when it was issued, for up to 24 hours.
   */
  function effectiveOf(principalId: string): readonly RoleAssignment[] {
    const groups = groupsOf(principalId).map((group) => group.principalId);
    return [principalId, ...groups].flatMap((id) => assignments.ofPrincipal(id));
  }

  function authorize(request: AccessRequest): Decision {
    const decision = decide(request, effectiveOf(request.principalId), definitions);
    const { allowed, principalId, action, scope, why } = decision;
    journal.record({ kind: 'decision', allowed, principalId, action, scope, why });
    return decision;
  }

  return {
    authorize,
    require(request, refuse) {
      const decision = authorize(request);
      if (!decision.allowed) throw refuse(decision);
      return decision;
    },
    addAssignment: (assignment) => assignments.add(assignment),
    removeAssignment: (id) => assignments.remove(id),
    listAssignments: () => assignments.all(),
    listEffectiveAssignmentsOf: effectiveOf,
    findDefinition: (idOrGuid) => definitions.find(idOrGuid),
    listDefinitions: () => definitions.all(),
    addDefinition: (definition) => definitions.add(definition),
    removeDefinition: (idOrGuid) => definitions.remove(idOrGuid),
  };
}
