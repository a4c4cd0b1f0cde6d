// What keeps a user or role from being dropped, and what goes with it.
import {
  type CatalogueParts,
  type CatalogueState,
  type StoredPrincipal,
  withoutEntry,
} from '../../catalogue/catalogue-state.ts';
import { foldName } from '../../catalogue/names.ts';
import { hasGranted, ownsRole, ownsSchema } from '../principal-errors.ts';

export function assertDroppable(
  { schemas, principals, permissions }: CatalogueState,
  { principalId }: StoredPrincipal,
): void {
  if ([...schemas.values()].some(({ ownerId }) => ownerId === principalId)) throw ownsSchema();
  const owned = [...principals.values()].some(
    ({ type, ownerId }) => type === 'R' && ownerId === principalId,
  );
  if (owned) throw ownsRole();
  if ([...permissions.values()].some(({ grantorId }) => grantorId === principalId)) {
    throw hasGranted();
  }
}

export function withoutPrincipal(
  state: CatalogueState,
  { name, principalId }: StoredPrincipal,
): Partial<CatalogueParts> {
  const memberships = [...state.memberships].filter(
    ([, { roleId, memberId }]) => roleId === principalId || memberId === principalId,
  );
  const permissions = [...state.permissions].filter(
    ([, { class: kind, majorId, granteeId }]) =>
      granteeId === principalId || (kind === 4 && majorId === principalId),
  );
  return {
    principals: withoutEntry(state.principals, foldName(name)),
    memberships: withoutEntry(state.memberships, ...memberships.map(([key]) => key)),
    permissions: withoutEntry(state.permissions, ...permissions.map(([key]) => key)),
  };
}
