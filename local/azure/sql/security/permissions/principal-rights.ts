// What one principal may do in one state of the catalogue. Made once per state, asked often.
import {
  type CatalogueState,
  findById,
  type Securable,
  type StoredPermission,
} from '../../catalogue/catalogue-state.ts';
import { dboId, fixedRoles, publicId } from '../../catalogue/initial-state.ts';
import { fixedRolePermissions } from './fixed-role-permissions.ts';
import { type Cover, covers, type SecurablePlace } from './permission-hierarchy.ts';

const databaseItself: Securable = { class: 0, majorId: 0, minorId: 0 };

export class PrincipalRights {
  /** The principals themselves and every role they are in, public included. */
  readonly principalIds: ReadonlySet<number>;
  readonly isDatabaseOwner: boolean;
  readonly #state: CatalogueState;
  readonly #granted = new Set<string>();
  readonly #grantable = new Set<string>();
  readonly #denied = new Set<string>();
  readonly #touched = new Set<string>();

  /** `principalIds`: the user, or the users of the groups that let somebody in. */
  constructor(state: CatalogueState, principalIds: readonly number[]) {
    this.#state = state;
    this.principalIds = rolesOf(state, principalIds);
    this.isDatabaseOwner = principalIds.includes(dboId);
    for (const permission of state.permissions.values()) {
      if (this.principalIds.has(permission.granteeId)) this.#note(permission, permission);
    }
    for (const [roleId, permissions] of fixedRolePermissions) {
      if (!this.principalIds.has(roleId)) continue;
      for (const each of permissions) this.#note(each, databaseItself);
    }
  }

  #note(
    { permission, state }: Pick<StoredPermission, 'permission' | 'state'>,
    securable: Securable,
  ): void {
    const key = keyOf({ permission, securable });
    if (state === 'D') this.#denied.add(key);
    else this.#granted.add(key);
    if (state === 'W') this.#grantable.add(key);
    this.#touched.add(`${securable.class}:${securable.majorId}`);
  }

  /**
   * dbo and owners pass. Else DENY of the permission, or of one that holds it, wins over any GRANT.
   * Azure: a GRANT on a column wins over a DENY on its table, kept for old programs.
   * Source: https://learn.microsoft.com/sql/t-sql/statements/deny-object-permissions-transact-sql
   */
  has(permission: string, place: SecurablePlace): boolean {
    if (this.owns(place)) return true;
    const { securable } = place;
    const all = covers(permission, wholeOf(place));
    const onColumn = securable.minorId === 0 ? undefined : keyOf({ permission, securable });
    if (onColumn !== undefined && this.#denied.has(onColumn)) return false;
    const columnGranted = onColumn !== undefined && this.#granted.has(onColumn);
    // The first one is the permission on the table itself.
    const denying = columnGranted ? all.slice(1) : all;
    if (denying.some((cover) => this.#denied.has(keyOf(cover)))) return false;
    return columnGranted || all.some((cover) => this.#granted.has(keyOf(cover)));
  }

  /** Whether the permission is on the securable or above it WITH GRANT OPTION, or by ownership or CONTROL. */
  mayGrant(permission: string, place: SecurablePlace): boolean {
    if (this.owns(place)) return true;
    if (this.principalIds.has(fixedRoles.db_securityadmin)) return true;
    const whole = wholeOf(place);
    if (this.has('CONTROL', whole)) return true;
    return (
      this.has(permission, place) &&
      [{ permission, securable: place.securable }, ...covers(permission, whole)].some((cover) =>
        this.#grantable.has(keyOf(cover)),
      )
    );
  }

  /** Whether it, or a role that it is in, owns the securable or what it is in. */
  owns(place: SecurablePlace): boolean {
    if (this.isDatabaseOwner) return true;
    for (let at: SecurablePlace | undefined = place; at; at = at.within) {
      const ownerId = ownerOf(this.#state, at.securable);
      if (ownerId !== undefined && ownerId !== dboId && this.principalIds.has(ownerId)) return true;
    }
    return false;
  }

  /** Whether any permission was granted or denied to it right on the securable. */
  touches({ class: kind, majorId }: Securable): boolean {
    return this.#touched.has(`${kind}:${majorId}`);
  }

  /** Whether something of the permission is granted on single columns of the object. */
  hasOnSomeColumn(
    permission: string,
    place: SecurablePlace,
    columnIds: readonly number[],
  ): boolean {
    return columnIds.some((minorId) =>
      this.has(permission, { ...place, securable: { ...place.securable, minorId } }),
    );
  }
}

function wholeOf(place: SecurablePlace): SecurablePlace {
  return { ...place, securable: { ...place.securable, minorId: 0 } };
}

function keyOf({ permission, securable }: Cover): string {
  return `${securable.class}:${securable.majorId}:${securable.minorId}:${permission}`;
}

/** Roles are members of roles; `public` has everybody. */
function rolesOf(state: CatalogueState, principalIds: readonly number[]): ReadonlySet<number> {
  const found = new Set([...principalIds, publicId]);
  let before = 0;
  while (before !== found.size) {
    before = found.size;
    for (const { roleId, memberId } of state.memberships.values()) {
      if (found.has(memberId)) found.add(roleId);
    }
  }
  return found;
}

/** Objects belong to the owner of their schema. */
export function ownerOf(state: CatalogueState, { class: kind, majorId }: Securable) {
  if (kind === 0) return dboId;
  if (kind === 3) return findById(state.schemas, majorId)?.ownerId;
  if (kind === 4) return findById(state.principals, majorId)?.ownerId;
  const object = findById(state.objects, majorId);
  return object && state.schemas.get(object.schema.toLowerCase())?.ownerId;
}
