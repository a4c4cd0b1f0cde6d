// Names that SQL Server gives where the statement gives none, and the ids of objects.
import { createHash } from 'node:crypto';
import type { CatalogueState, StoredTable } from '../catalogue-state.ts';
import { alreadyAnObject } from '../definition-errors.ts';
import { foldName, sameName } from '../names.ts';

const firstObjectId = 901_578_250;
const step = 16_000_057;
const largestId = 2_147_483_647;

/** The id after this one, as SQL Server counts them. */
export function nextObjectId(last: number | undefined): number {
  return last === undefined ? firstObjectId : ((last + step) % largestId) + 1;
}

type Kind = 'PK' | 'UQ' | 'FK' | 'CK' | 'DF';

/** `PK__Resource__3214EC0735BC4A4A`, `DF__Resource__Note__35BC4A4A`. Pretend: which hash stands in the middle. */
export function systemName(
  kind: Kind,
  table: string,
  objectId: number,
  columns: readonly string[],
): string {
  const id = objectId.toString(16).toUpperCase().padStart(8, '0');
  if (kind === 'PK' || kind === 'UQ') {
    const hash = createHash('sha1').update(columns.map(foldName).join()).digest('hex').slice(0, 8);
    return `${kind}__${table.slice(0, 8)}__${hash.toUpperCase()}${id}`;
  }
  const [column = ''] = columns;
  return `${kind}__${table.slice(0, 9)}__${column.slice(0, 5)}__${id}`;
}

/** Throws SqlError 2714 if an object or a constraint of the schema has the name. */
export function assertNameFree(state: CatalogueState, schema: string, name: string): void {
  for (const object of state.objects.values()) {
    if (!sameName(object.schema, schema)) continue;
    const names = object.kind === 'table' ? constraintNames(object) : [];
    if ([object.name, ...names].some((each) => sameName(each, name))) throw alreadyAnObject(name);
  }
}

export function constraintNames(table: StoredTable): readonly string[] {
  return [
    ...table.keys,
    ...table.foreignKeys,
    ...table.checks,
    ...table.columns.flatMap((column) => column.default ?? []),
  ].map(({ name }) => name);
}
