// The securable of a GRANT, DENY or REVOKE, and which permissions go with it.
import type { StoredObject } from '../../catalogue/catalogue-state.ts';
import { foldName, objectKey, sameName } from '../../catalogue/names.ts';
import type { SessionCatalogue } from '../../catalogue/session-catalogue.ts';
import type { Securable as StatementSecurable } from '../../tsql/ast/security.ts';
import type { DatabaseSecurityContext } from '../database-security-context.ts';
import { cannotFind } from '../permission-errors.ts';
import type { Target } from '../security-context.ts';
import {
  objectPermissions,
  permissionTables,
  type SecurablePlace,
} from './permission-hierarchy.ts';
import { placeOf } from './securable-place.ts';

export interface GrantTarget {
  readonly place: SecurablePlace;
  readonly object?: StoredObject;
  readonly allowed: readonly string[];
  /** The refusal for who may not see the securable: the same as for one that is not there. */
  readonly missing: () => Error;
}

/** Throws SqlError 15151 where there is no such securable. */
export function findGrantTarget(
  on: StatementSecurable | undefined,
  catalogue: SessionCatalogue,
  { defaultSchema }: DatabaseSecurityContext,
): GrantTarget {
  if (on === undefined || on.kind === 'database') return databaseTarget(on?.name, catalogue);
  if (on.kind === 'object') {
    const schema = on.name.schema ?? defaultSchema;
    const { name } = on.name;
    const missing = () => cannotFind('object', name);
    const object = catalogue.state.objects.get(objectKey(schema, name));
    const place = placeOf(catalogue.state, { kind: 'object', schema, name });
    if (!object || !place) throw missing();
    return { place, object, allowed: objectPermissions[object.kind], missing };
  }
  const missing = () => cannotFind(on.kind, on.name);
  const target: Target =
    on.kind === 'schema'
      ? { kind: 'schema', schema: on.name }
      : { kind: 'principal', name: on.name };
  const place = placeOf(catalogue.state, target);
  if (place?.kind !== on.kind) throw missing();
  return { place, allowed: Object.keys(permissionTables[place.kind]), missing };
}

function databaseTarget(name: string | undefined, catalogue: SessionCatalogue): GrantTarget {
  const missing = () => cannotFind('database', name ?? catalogue.databaseName);
  if (name !== undefined && !sameName(name, catalogue.databaseName)) throw missing();
  const place = placeOf(catalogue.state, { kind: 'database' });
  if (!place) throw missing();
  return { place, allowed: Object.keys(permissionTables.database), missing };
}

/** Ids of columns by name; views count theirs. Throws SqlError 15151 for one that is not there. */
export function columnIdsOf(object: StoredObject, names: readonly string[]): readonly number[] {
  return names.map((name) => {
    if (object.kind === 'procedure') throw cannotFind('column', name);
    const index = object.columns.findIndex((column) => sameName(column.name, name));
    const found = object.columns[index];
    if (!found) throw cannotFind('column', foldName(name) === '' ? '' : name);
    return 'columnId' in found ? found.columnId : index + 1;
  });
}
