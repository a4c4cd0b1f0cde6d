// From the names that a statement uses to the numbers that permissions are kept by.
import type { CatalogueState } from '../../catalogue/catalogue-state.ts';
import { foldName, objectKey, sameName } from '../../catalogue/names.ts';
import type { Target } from '../security-context.ts';
import type { SecurablePlace } from './permission-hierarchy.ts';

export const databasePlace: SecurablePlace = {
  kind: 'database',
  securable: { class: 0, majorId: 0, minorId: 0 },
};

/** Undefined if there is no such schema, object, column or principal. Views of `sys` are none. */
export function placeOf(state: CatalogueState, target: Target): SecurablePlace | undefined {
  if (target.kind === 'database') return databasePlace;
  if (target.kind === 'schema') return schemaPlace(state, target.schema);
  if (target.kind === 'principal') return principalPlace(state, target.name);
  const object = state.objects.get(objectKey(target.schema, target.name));
  const within = schemaPlace(state, target.schema);
  if (!object || !within) return undefined;
  const minorId = target.column === undefined ? 0 : columnId(object, target.column);
  if (minorId === undefined) return undefined;
  return { kind: 'object', securable: { class: 1, majorId: object.objectId, minorId }, within };
}

function schemaPlace(state: CatalogueState, name: string): SecurablePlace | undefined {
  const schema = state.schemas.get(foldName(name));
  if (!schema) return undefined;
  const securable = { class: 3, majorId: schema.schemaId, minorId: 0 } as const;
  return { kind: 'schema', securable, within: databasePlace };
}

function principalPlace(state: CatalogueState, name: string): SecurablePlace | undefined {
  const principal = state.principals.get(foldName(name));
  if (!principal) return undefined;
  const securable = { class: 4, majorId: principal.principalId, minorId: 0 } as const;
  return { kind: principal.type === 'R' ? 'role' : 'user', securable, within: databasePlace };
}

/** Columns of tables have ids that stay; a view's are counted. */
function columnId(
  object: ReturnType<CatalogueState['objects']['get']>,
  name: string,
): number | undefined {
  if (object?.kind === 'table') {
    return object.columns.find((column) => sameName(column.name, name))?.columnId;
  }
  if (object?.kind !== 'view') return undefined;
  const index = object.columns.findIndex((column) => sameName(column.name, name));
  return index < 0 ? undefined : index + 1;
}
