import type { Clock } from '../clock.ts';
import type { RoleAssignment } from './access.ts';
import { toRoleGuid } from './role-definitions.ts';

/** How long an assignment, and the removal of one, takes to be heeded. */
export interface EffectDelay {
  readonly clock: Clock;
  /** Asked at each change. */
  readonly delayMs: () => number;
}

/** An assignment and from when until when it decides. */
interface Held {
  readonly assignment: RoleAssignment;
  readonly fromMs: number;
  readonly untilMs: number;
}

const AT_ONCE: EffectDelay = { clock: { nowMs: () => 0 }, delayMs: () => 0 };

/**
 * Role assignments, found by id and by principal.
 * Azure: changes take up to 10 minutes to take effect, removals too
 * (https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected);
 * what is listed and what decides then differ.
 */
export class RoleAssignments {
  readonly #delay: EffectDelay;
  readonly #byId = new Map<string, RoleAssignment>();
  readonly #heldByPrincipal = new Map<string, readonly Held[]>();

  constructor(delay: EffectDelay = AT_ONCE) {
    this.#delay = delay;
  }

  /** Takes the place of an assignment with the same id. */
  add(assignment: RoleAssignment): void {
    const kept = { ...assignment, roleDefinitionId: toRoleGuid(assignment.roleDefinitionId) };
    const before = this.#byId.get(assignment.id.toLowerCase());
    if (before && grantsTheSame(before, kept)) return;
    this.remove(assignment.id);
    this.#byId.set(assignment.id.toLowerCase(), kept);
    this.#hold(kept.principalId, [
      ...this.#heldBy(kept.principalId),
      { assignment: kept, fromMs: this.#effectMs(), untilMs: Number.POSITIVE_INFINITY },
    ]);
  }

  remove(assignmentId: string): void {
    const assignment = this.#byId.get(assignmentId.toLowerCase());
    if (!assignment) return;
    this.#byId.delete(assignmentId.toLowerCase());
    const untilMs = this.#effectMs();
    this.#hold(
      assignment.principalId,
      this.#heldBy(assignment.principalId).map((held) =>
        held.assignment === assignment ? { ...held, untilMs } : held,
      ),
    );
  }

  /** Those that decide now. */
  ofPrincipal(principalId: string): readonly RoleAssignment[] {
    const nowMs = this.#delay.clock.nowMs();
    return this.#heldBy(principalId)
      .filter(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs)
      .map(({ assignment }) => assignment);
  }

  /** Those that were added and not removed, whether they decide yet or not. */
  all(): readonly RoleAssignment[] {
    return [...this.#byId.values()];
  }

  #heldBy(principalId: string): readonly Held[] {
    return this.#heldByPrincipal.get(principalId.toLowerCase()) ?? [];
  }

  /** Keeps what decides now or will: an assignment that ended, or ends before it began, is forgotten. */
  #hold(principalId: string, held: readonly Held[]): void {
    const nowMs = this.#delay.clock.nowMs();
    const alive = held.filter(({ fromMs, untilMs }) => untilMs > nowMs && untilMs > fromMs);
    this.#heldByPrincipal.set(principalId.toLowerCase(), alive);
  }

  #effectMs(): number {
    return this.#delay.clock.nowMs() + this.#delay.delayMs();
  }
}

function grantsTheSame(left: RoleAssignment, right: RoleAssignment): boolean {
  return (
    left.scope.toLowerCase() === right.scope.toLowerCase() &&
    left.principalId.toLowerCase() === right.principalId.toLowerCase() &&
    left.roleDefinitionId === right.roleDefinitionId
  );
}
