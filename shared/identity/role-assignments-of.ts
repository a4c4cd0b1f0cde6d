import type { RoleAssignment, RoleAssignments } from '../role-assignments.ts';

/** Where a role is assigned, seen from SCAN_SCOPES: on one of them, above them, or on something in one of them. */
export type Position = 'above' | 'on' | 'within';

/** A role of an identity, as the app shows it. */
export interface AssignedRole {
  /** Absent if the app can't read the definition. */
  readonly roleName?: string;
  readonly roleDefinitionId: string;
  readonly scope: string;
  readonly position: Position;
  /** Object id of the group that has the role, if it is not the identity itself. */
  readonly throughGroup?: string;
  /** Narrows the role to what fits it. */
  readonly condition?: string;
  /** Of the assignment. */
  readonly id: string;
}

interface Seen {
  readonly assignment: RoleAssignment;
  /** The scanned scope that it was seen from. */
  readonly from: string;
}

const ORDER: readonly Position[] = ['above', 'on', 'within'];

/** The roles of a principal on, above and within `scopes`, from the top down. Throws AppError. */
export async function roleAssignmentsOf(
  principalId: string,
  scopes: readonly string[],
  roleAssignments: RoleAssignments,
): Promise<readonly AssignedRole[]> {
  const seen = new Map<string, Seen>();
  for (const from of scopes) {
    for (const assignment of await roleAssignments.listAssignedTo(from, principalId)) {
      seen.set(assignment.id.toLowerCase(), { assignment, from });
    }
  }
  const names = await nameRoles([...seen.values()], roleAssignments);
  return [...seen.values()]
    .map(({ assignment }) => show(assignment, principalId, scopes, names))
    .toSorted(
      (one, other) =>
        ORDER.indexOf(one.position) - ORDER.indexOf(other.position) ||
        compare(one.scope.toLowerCase(), other.scope.toLowerCase()) ||
        compare(one.roleName ?? '', other.roleName ?? ''),
    );
}

/** By id of the definition. There are few roles, so each is asked for alone: all of them are half a megabyte. */
async function nameRoles(
  seen: readonly Seen[],
  roleAssignments: RoleAssignments,
): Promise<ReadonlyMap<string, string | undefined>> {
  const scopeOf = new Map(seen.map(({ assignment, from }) => [assignment.roleDefinitionId, from]));
  const names = await Promise.all(
    [...scopeOf].map(
      async ([id, scope]) => [id, await roleAssignments.findRoleName(scope, id)] as const,
    ),
  );
  return new Map(names);
}

function show(
  { id, roleDefinitionId, scope, condition, ...assignment }: RoleAssignment,
  principalId: string,
  scopes: readonly string[],
  names: ReadonlyMap<string, string | undefined>,
): AssignedRole {
  const roleName = names.get(roleDefinitionId);
  const isOwn = assignment.principalId.toLowerCase() === principalId.toLowerCase();
  return {
    ...(roleName !== undefined && { roleName }),
    roleDefinitionId,
    scope,
    position: positionOf(scope, scopes),
    ...(!isOwn && { throughGroup: assignment.principalId }),
    ...(condition !== undefined && { condition }),
    id,
  };
}

/** Scopes of management groups and of the tenant (`/`) are above any. */
export function positionOf(scope: string, scanned: readonly string[]): Position {
  const lower = scope.toLowerCase();
  const outer = scanned.map((one) => one.toLowerCase());
  if (outer.includes(lower)) return 'on';
  return outer.some((one) => lower.startsWith(`${one}/`)) ? 'within' : 'above';
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
