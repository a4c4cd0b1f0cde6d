import { findById, type StoredObject, type StoredPrincipal } from '../catalogue/catalogue-state.ts';
import { dboId } from '../catalogue/initial-state.ts';
import { foldName, objectKey } from '../catalogue/names.ts';
import type { SessionCatalogue } from '../catalogue/session-catalogue.ts';
import { PrincipalRights } from './permissions/principal-rights.ts';
import { databasePlace, placeOf } from './permissions/securable-place.ts';
import type { SecurityContext, Target } from './security-context.ts';

export interface SecurityIdentity {
  readonly loginName: string;
  readonly originalLoginName: string;
  /** The database user; then the users of Entra groups that count as well. */
  readonly principalIds: readonly [number, ...number[]];
  /** An application or managed identity, no person. */
  readonly isServicePrincipal?: boolean;
}

/** A principal's rights, as the session's catalogue has them at the time of asking. */
export class DatabaseSecurityContext implements SecurityContext {
  readonly loginName: string;
  readonly originalLoginName: string;
  readonly principalId: number;
  readonly isServicePrincipal: boolean;
  readonly #identity: SecurityIdentity;
  readonly #catalogue: SessionCatalogue;
  #rights: { readonly generation: number; readonly rights: PrincipalRights } | undefined;

  constructor(catalogue: SessionCatalogue, identity: SecurityIdentity) {
    this.#catalogue = catalogue;
    this.#identity = identity;
    this.loginName = identity.loginName;
    this.originalLoginName = identity.originalLoginName;
    this.principalId = identity.principalIds[0];
    this.isServicePrincipal = identity.isServicePrincipal ?? false;
  }

  get rights(): PrincipalRights {
    const { state } = this.#catalogue;
    if (this.#rights?.generation !== state.generation) {
      const rights = new PrincipalRights(state, this.#identity.principalIds);
      this.#rights = { generation: state.generation, rights };
    }
    return this.#rights.rights;
  }

  get principal(): StoredPrincipal | undefined {
    return findById(this.#catalogue.state.principals, this.principalId);
  }

  /** The catalogue that the rights are of, with what the session's transaction changed in it. */
  get catalogue(): SessionCatalogue {
    return this.#catalogue;
  }

  get userName(): string {
    return this.principal?.name ?? '';
  }

  get sid(): Uint8Array {
    return Buffer.from(this.principal?.sid ?? '', 'hex');
  }

  get defaultSchema(): string {
    return this.principal?.defaultSchema ?? 'dbo';
  }

  get isDatabaseOwner(): boolean {
    return this.principalId === dboId;
  }

  get generation(): number {
    return this.#catalogue.generation;
  }

  has(permission: string, target: Target): boolean {
    const { state } = this.#catalogue;
    if (!this.principal) return false;
    const place = placeOf(state, target);
    if (place) return this.rights.has(permission, place);
    // Views of the system can be read by everybody: their rows are what may be seen.
    return (
      permission === 'SELECT' &&
      target.kind === 'object' &&
      this.#catalogue.findObject(target.schema, target.name)?.kind === 'systemView'
    );
  }

  /** SELECT for COUNT(*): on the whole object, or on any column of it. */
  hasOnSomeColumn(permission: string, target: Target & { kind: 'object' }): boolean {
    if (this.has(permission, target)) return true;
    const { state } = this.#catalogue;
    const object = state.objects.get(objectKey(target.schema, target.name));
    const place = placeOf(state, target);
    return place !== undefined && this.rights.hasOnSomeColumn(permission, place, columnIds(object));
  }

  isMemberOf(role: string): boolean | undefined {
    const found = this.#catalogue.state.principals.get(foldName(role));
    if (found?.type !== 'R') return undefined;
    return this.rights.principalIds.has(found.principalId);
  }

  sees(target: Target): boolean {
    if (target.kind === 'database' || target.kind === 'schema') return true;
    const { state } = this.#catalogue;
    const place = placeOf(state, target);
    if (!place) return target.kind === 'object' && this.has('SELECT', target);
    if (target.kind === 'principal') return this.#seesPrincipal(target.name);
    const { rights } = this;
    if (rights.touches(place.securable) || rights.owns(place)) return true;
    return visibleBy.some((permission) => rights.has(permission, place));
  }

  /** [sys.database_principals, Permissions]: oneself, the built-in users, fixed roles and the roles that one is in. */
  #seesPrincipal(name: string): boolean {
    const principal = this.#catalogue.state.principals.get(foldName(name));
    if (!principal) return false;
    const { principalId, isFixedRole, type } = principal;
    if (isFixedRole || principalId < firstOwnId) return true;
    const { rights } = this;
    if (rights.principalIds.has(principalId)) return true;
    const place = placeOf(this.#catalogue.state, { kind: 'principal', name });
    if (place && rights.touches(place.securable)) return true;
    return (
      rights.has(type === 'R' ? 'ALTER ANY ROLE' : 'ALTER ANY USER', databasePlace) ||
      rights.has('VIEW DEFINITION', databasePlace)
    );
  }

  /** The same login as another user of the database, or as the owner of a module. */
  as(principalId: number): DatabaseSecurityContext {
    const name = findById(this.#catalogue.state.principals, principalId)?.name ?? '';
    return new DatabaseSecurityContext(this.#catalogue, {
      loginName: name,
      originalLoginName: this.originalLoginName,
      principalIds: [principalId],
      isServicePrincipal: this.isServicePrincipal,
    });
  }
}

const firstOwnId = 5;

/** Any permission on an object shows its metadata [Metadata Visibility Configuration]. */
const visibleBy = [
  'VIEW DEFINITION',
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'EXECUTE',
  'REFERENCES',
  'ALTER',
  'TAKE OWNERSHIP',
];

function columnIds(object: StoredObject | undefined): readonly number[] {
  if (object?.kind === 'table') return object.columns.map(({ columnId }) => columnId);
  return object?.kind === 'view' ? object.columns.map((_, index) => index + 1) : [];
}
