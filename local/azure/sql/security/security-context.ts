// Who runs a statement, and what they may do: the one place that the rest of `sql/` asks.

/** What a permission is asked on. */
export type Target =
  | { readonly kind: 'database' }
  | { readonly kind: 'schema'; readonly schema: string }
  | {
      readonly kind: 'object';
      readonly schema: string;
      readonly name: string;
      /** Absent: the whole object; SELECT on any column suffices for `COUNT(*)`. */
      readonly column?: string;
    }
  | { readonly kind: 'principal'; readonly name: string };

/** One session's identity in one database. EXECUTE AS and procedures make others of it. */
export interface SecurityContext {
  /** `SUSER_SNAME()`: the principal's name in Entra, for an application `<clientId>@<tenantId>`. */
  readonly loginName: string;
  /** `ORIGINAL_LOGIN()`. */
  readonly originalLoginName: string;
  /** `USER_NAME()`, `dbo` for an administrator. */
  readonly userName: string;
  /** `DATABASE_PRINCIPAL_ID()`. */
  readonly principalId: number;
  readonly sid: Uint8Array;
  readonly defaultSchema: string;
  /** Passes every check. */
  readonly isDatabaseOwner: boolean;
  /** Moves when rights change: statements checked before are checked again. */
  readonly generation: number;
  /**
   * Whether the principal has `permission` (`SELECT`, `CREATE TABLE`; upper case) on `target`: DENY before GRANT,
   * schema and database cover what is in them, CONTROL covers the rest, fixed roles count, column grants count.
   */
  has(permission: string, target: Target): boolean;
  /** `IS_ROLEMEMBER(role)`; undefined if there is no such role. */
  isMemberOf(role: string): boolean | undefined;
  /** Metadata visibility: whether the object, schema or principal shows in catalogue views. */
  sees(target: Target): boolean;
}
