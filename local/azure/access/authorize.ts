import type { Clock } from '../clock.ts';
import type { Journal } from '../journal.ts';
import type { Access, AccessRequest, Decision } from './access.ts';
import { decide } from './decide.ts';
import { RoleAssignments } from './role-assignments.ts';
import { RoleDefinitions } from './role-definitions.ts';

export interface AccessParts {
  readonly journal: Journal;
  /** Absent: an assignment takes effect at once, and its removal too. */
  readonly delay?: { readonly clock: Clock; readonly delayMs: () => number };
}

/** The tenant's access control, with the built-in roles and no assignment. Every decision goes into the journal. */
export function createAccess({ journal, delay }: AccessParts): Access {
  const definitions = new RoleDefinitions();
  const assignments = new RoleAssignments(delay);

  function authorize(request: AccessRequest): Decision {
    const decision = decide(request, assignments, definitions);
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
    listEffectiveAssignments: () => assignments.effective(),
    findDefinition: (idOrGuid) => definitions.find(idOrGuid),
    listDefinitions: () => definitions.all(),
    addDefinition: (definition) => definitions.add(definition),
    removeDefinition: (idOrGuid) => definitions.remove(idOrGuid),
  };
}
