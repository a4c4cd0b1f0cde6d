// Users, roles and permissions.
import type { ObjectName } from './position.ts';

/** What a permission is on; absent: the database. */
export type Securable =
  | { readonly kind: 'object'; readonly name: ObjectName; readonly columns?: readonly string[] }
  | { readonly kind: 'schema'; readonly name: string }
  | { readonly kind: 'user' | 'role'; readonly name: string }
  | { readonly kind: 'database'; readonly name: string };

export interface PermissionItem {
  /** Upper case, whole: `SELECT`, `EXECUTE` (also of EXEC), `VIEW DEFINITION`, `CREATE TABLE`; `ALL` is refused by the parser. */
  readonly name: string;
  /** `GRANT SELECT (a, b) ON …`. */
  readonly columns?: readonly string[];
}

export type SecurityStatement =
  | {
      readonly kind: 'createUser';
      readonly name: string;
      readonly from: /** FROM EXTERNAL PROVIDER [WITH OBJECT_ID = '…']. */
        | { readonly kind: 'externalProvider'; readonly objectId?: string }
        /** WITH SID = 0x…, TYPE = E (user or application) or X (group). */
        | { readonly kind: 'sid'; readonly sid: Uint8Array; readonly type: 'E' | 'X' }
        | { readonly kind: 'withoutLogin' };
      readonly defaultSchema?: string;
    }
  | {
      readonly kind: 'alterUser';
      readonly name: string;
      readonly newName?: string;
      readonly defaultSchema?: string;
    }
  | { readonly kind: 'dropUser'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'createRole'; readonly name: string; readonly owner?: string }
  | {
      readonly kind: 'alterRole';
      readonly name: string;
      readonly change: 'addMember' | 'dropMember' | 'rename';
      readonly member: string;
    }
  | { readonly kind: 'dropRole'; readonly name: string; readonly ifExists: boolean }
  | {
      readonly kind: 'grant' | 'deny' | 'revoke';
      readonly permissions: readonly PermissionItem[];
      readonly on?: Securable;
      readonly principals: readonly string[];
      /** WITH GRANT OPTION; REVOKE GRANT OPTION FOR. */
      readonly grantOption: boolean;
      readonly cascade: boolean;
      readonly as?: string;
    }
  | { readonly kind: 'executeAs'; readonly user: string }
  | { readonly kind: 'revert' };
