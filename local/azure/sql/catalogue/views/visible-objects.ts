import type { StoredObject, StoredTable } from '../catalogue-state.ts';
import type { ViewSource } from './define-view.ts';

/** Objects that the caller may see, oldest first. */
export function visibleObjects({ state, security }: ViewSource): readonly StoredObject[] {
  return [...state.objects.values()].filter(({ schema, name }) =>
    security.sees({ kind: 'object', schema, name }),
  );
}

export function visibleTables(source: ViewSource): readonly StoredTable[] {
  return visibleObjects(source).filter((object) => object.kind === 'table');
}

export function schemaIdOf({ state }: ViewSource, schema: string): number {
  return state.schemas.get(schema.toLowerCase())?.schemaId ?? 0;
}

/** Columns with the ids that permissions and views know them by. */
export function columnsWithIds(object: StoredObject) {
  if (object.kind === 'table') return object.columns;
  if (object.kind === 'procedure') return [];
  return object.columns.map((column, index) => ({ ...column, columnId: index + 1 }));
}
