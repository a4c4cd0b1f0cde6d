import type { RoleAssignment } from './access.ts';
import { toRoleGuid } from './role-definitions.ts';

/** Role assignments, found by id and by principal. */
export class RoleAssignments {
  readonly #byId = new Map<string, RoleAssignment>();
  readonly #byPrincipal = new Map<string, Map<string, RoleAssignment>>();

  /** Takes the place of an assignment with the same id. */
  add(assignment: RoleAssignment): void {
    this.remove(assignment.id);
    const id = assignment.id.toLowerCase();
    const kept = { ...assignment, roleDefinitionId: toRoleGuid(assignment.roleDefinitionId) };
    this.#byId.set(id, kept);
    const principal = assignment.principalId.toLowerCase();
    const ofPrincipal = this.#byPrincipal.get(principal) ?? new Map<string, RoleAssignment>();
    ofPrincipal.set(id, kept);
    this.#byPrincipal.set(principal, ofPrincipal);
  }

  remove(assignmentId: string): void {
    const id = assignmentId.toLowerCase();
    const assignment = this.#byId.get(id);
    if (!assignment) return;
    this.#byId.delete(id);
    this.#byPrincipal.get(assignment.principalId.toLowerCase())?.delete(id);
  }

  ofPrincipal(principalId: string): readonly RoleAssignment[] {
    return [...(this.#byPrincipal.get(principalId.toLowerCase())?.values() ?? [])];
  }

  all(): readonly RoleAssignment[] {
    return [...this.#byId.values()];
  }
}
