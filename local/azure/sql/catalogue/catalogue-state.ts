// Everything that a database's catalogue holds, as one value that never changes: a change makes another.
import type { SqlType } from '../../tds/sql-type.ts';
import type {
  CheckConstraint,
  ForeignKey,
  KeyConstraint,
  Procedure,
  Table,
  TableColumn,
  TableIndex,
  View,
} from './catalogue.ts';

export interface StoredSchema {
  readonly schemaId: number;
  readonly name: string;
  readonly ownerId: number;
}

/** Times are UTC, as `datetime` holds them: `2026-11-25 02:13:00.123`. */
interface StoredTimes {
  readonly createdAt: string;
  readonly modifiedAt: string;
}

export type StoredObject = StoredTable | StoredView | StoredProcedure;

/** A constraint is an object of its own in `sys.objects`, and its name is taken in the schema. */
export interface StoredConstraint {
  readonly objectId: number;
  readonly isSystemNamed: boolean;
}

export interface StoredTable extends Table, StoredTimes {
  readonly columns: readonly StoredColumn[];
  readonly keys: readonly StoredKey[];
  readonly foreignKeys: readonly StoredForeignKey[];
  readonly checks: readonly StoredCheck[];
  readonly indexes: readonly StoredIndex[];
  /** Columns that foreign keys compare by their key (text without case): each has a generated column of SQLite. */
  readonly keyColumns: readonly string[];
  readonly lastColumnId: number;
}

export interface StoredColumn extends TableColumn {
  /** `sql` is the default for SQLite. */
  readonly default?: StoredConstraint & {
    readonly name: string;
    readonly text: string;
    readonly sql: string;
  };
}

export interface StoredKey extends KeyConstraint, StoredConstraint {
  readonly indexId: number;
}

export type StoredForeignKey = ForeignKey & StoredConstraint;

export interface StoredCheck extends CheckConstraint, StoredConstraint {
  /** Of SQLite. */
  readonly sql: string;
  /** Of a check written with a column; 0: of the table. */
  readonly columnId: number;
}

export interface StoredIndex extends TableIndex {
  readonly indexId: number;
  readonly clustered: boolean;
  /** The filter for SQLite. */
  readonly whereSql?: string;
}

export interface StoredView extends View, StoredTimes {
  /** Of SQLite's view; nobody can guess it, as rights are checked by it. */
  readonly storageName: string;
  /** The query for SQLite. */
  readonly sql: string;
}

export interface StoredProcedure extends Procedure, StoredTimes {
  readonly parameters: readonly StoredParameter[];
  readonly executeAs: 'caller' | 'owner' | 'self';
  /** Who made it: EXECUTE AS SELF. */
  readonly createdBy: number;
}

export interface StoredParameter {
  /** With `@`. */
  readonly name: string;
  readonly type: SqlType;
  readonly isOutput: boolean;
  readonly hasDefault: boolean;
}

export interface StoredPrincipal extends StoredTimes {
  readonly principalId: number;
  readonly name: string;
  /** As in `sys.database_principals`: SQL user, external user, external group, role. */
  readonly type: 'S' | 'E' | 'X' | 'R';
  /** Hexadecimal, lower case. */
  readonly sid?: string;
  readonly defaultSchema?: string;
  /** Of a role. */
  readonly ownerId?: number;
  readonly isFixedRole: boolean;
}

export interface StoredMembership {
  readonly roleId: number;
  readonly memberId: number;
}

/** What a permission is on: class, id and column, as `sys.database_permissions` numbers them. */
export interface Securable {
  /** 0 database, 1 object or column, 3 schema, 4 principal. */
  readonly class: 0 | 1 | 3 | 4;
  readonly majorId: number;
  /** Column id; 0: the whole. */
  readonly minorId: number;
}

export interface StoredPermission extends Securable {
  readonly granteeId: number;
  readonly grantorId: number;
  /** `SELECT`, `VIEW DEFINITION`. */
  readonly permission: string;
  /** Denied, granted, granted with grant option. */
  readonly state: 'D' | 'G' | 'W';
}

export interface CatalogueState {
  /** One number for one state, never given twice while the database is open. */
  readonly generation: number;
  /** By folded name. */
  readonly schemas: ReadonlyMap<string, StoredSchema>;
  /** By `objectKey`. */
  readonly objects: ReadonlyMap<string, StoredObject>;
  /** By folded name. */
  readonly principals: ReadonlyMap<string, StoredPrincipal>;
  readonly memberships: ReadonlyMap<string, StoredMembership>;
  readonly permissions: ReadonlyMap<string, StoredPermission>;
  /** `lastObjectId`. */
  readonly counters: ReadonlyMap<string, number>;
}

export type CatalogueParts = Omit<CatalogueState, 'generation'>;

/** A map with one entry more, or another value under a key. */
export function withEntry<V>(
  map: ReadonlyMap<string, V>,
  key: string,
  value: V,
): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}

export function withoutEntry<V>(
  map: ReadonlyMap<string, V>,
  ...keys: readonly string[]
): ReadonlyMap<string, V> {
  const copy = new Map(map);
  for (const key of keys) copy.delete(key);
  return copy;
}

export function membershipKey({ roleId, memberId }: StoredMembership): string {
  return `${roleId}:${memberId}`;
}

/** One permission of one grantee on one securable by one grantor: granted or denied, never both. */
export function permissionKey(permission: Omit<StoredPermission, 'state'>): string {
  const { class: kind, majorId, minorId, granteeId, grantorId } = permission;
  return `${kind}:${majorId}:${minorId}:${granteeId}:${grantorId}:${permission.permission}`;
}

export function findById<T extends StoredSchema | StoredPrincipal | StoredObject>(
  map: ReadonlyMap<string, T>,
  id: number,
): T | undefined {
  for (const item of map.values()) if (idOf(item) === id) return item;
  return undefined;
}

function idOf(item: StoredSchema | StoredPrincipal | StoredObject): number {
  if ('schemaId' in item) return item.schemaId;
  return 'principalId' in item ? item.principalId : item.objectId;
}
