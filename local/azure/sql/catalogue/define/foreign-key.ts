import { SqlError } from '../../../tds/sql-error.ts';
import type { SqlType } from '../../../tds/sql-type.ts';
import type { TableConstraint } from '../../tsql/ast/definition.ts';
import type { ForeignKey } from '../catalogue.ts';
import type { StoredColumn, StoredTable } from '../catalogue-state.ts';
import {
  badReferencedColumn,
  badReferencedTable,
  badReferencingColumn,
  noPrimaryKeyToReference,
  noReferencedKey,
  referenceCountDiffers,
  referenceLengthDiffers,
  referenceTypeDiffers,
} from '../definition-errors.ts';
import { foldName, quoteIdentifier, sameName } from '../names.ts';
import { type DefinitionContext, findTable } from './definition-context.ts';

/** Throws SqlError 1767, 1769, 1770, 1773, 1753, 1776, 1778, 8139. */
export function foreignKeyOf(
  constraint: Extract<TableConstraint, { kind: 'foreignKey' }>,
  name: string,
  table: StoredTable,
  context: DefinitionContext,
): ForeignKey {
  const { references, onDelete, onUpdate } = constraint;
  const schema = references.schema ?? context.security.defaultSchema;
  const parent =
    sameName(schema, table.schema) && sameName(references.name, table.name)
      ? table
      : findTable(context, schema, references.name);
  const written = [references.schema, references.name].filter(Boolean).join('.');
  if (!parent || !mayReference(context, parent)) throw badReferencedTable(name, written);
  const columns = constraint.columns.map((each) => {
    const column = table.columns.find((one) => sameName(one.name, each));
    if (!column) throw badReferencingColumn(name, each, table.name);
    return column;
  });
  const referencedColumns = referencedNames(constraint, parent, name, written).map((each) => {
    const column = parent.columns.find((one) => sameName(one.name, each));
    if (!column) throw badReferencedColumn(name, each, written);
    return column;
  });
  if (columns.length !== referencedColumns.length) throw referenceCountDiffers(table.name);
  const referenced = referencedColumns.map((column) => column.name);
  if (!isKey(parent, referenced)) throw noReferencedKey(name, written);
  for (const [index, column] of columns.entries()) {
    const other = referencedColumns[index];
    if (!other) continue;
    assertSameType(column, other, { own: table.name, referenced: written, foreignKey: name });
  }
  const isText = columns.some((column) => isCompared(column, context));
  if (isText && [onUpdate, onDelete].some((action) => action !== 'noAction')) {
    assertTextActions(onDelete, onUpdate);
  }
  return {
    name,
    columns: columns.map((column) => column.name),
    referencedSchema: parent.schema,
    referencedTable: parent.name,
    referencedColumns: referenced,
    onDelete,
    onUpdate,
  };
}

/** Pretend: actions that would write text columns of the referring table are refused; SQL Server has them. */
function assertTextActions(onDelete: ForeignKey['onDelete'], onUpdate: ForeignKey['onUpdate']) {
  const isDone = (onDelete === 'noAction' || onDelete === 'cascade') && onUpdate === 'noAction';
  if (isDone) return;
  throw new SqlError(
    40517,
    'ON UPDATE and ON DELETE SET of a foreign key on character columns are not supported by this stand-in.',
  );
}

/** Whether SQLite compares the column otherwise than SQL Server. */
export function isCompared(
  { name, type }: { readonly name: string; readonly type: SqlType },
  { rules }: Pick<DefinitionContext, 'rules'>,
): boolean {
  const quoted = quoteIdentifier(name);
  return rules.indexKey(quoted, type) !== quoted;
}

function mayReference({ security }: DefinitionContext, { schema, name }: StoredTable): boolean {
  return (
    security.has('REFERENCES', { kind: 'object', schema, name }) ||
    security.has('ALTER', { kind: 'schema', schema })
  );
}

function referencedNames(
  constraint: Extract<TableConstraint, { kind: 'foreignKey' }>,
  parent: StoredTable,
  name: string,
  written: string,
): readonly string[] {
  if (constraint.referencedColumns.length > 0) return constraint.referencedColumns;
  const key = parent.keys.find(({ kind }) => kind === 'primaryKey');
  if (!key) throw noPrimaryKeyToReference(name, written);
  return key.columns.map((column) => column.name);
}

/** A primary key, a unique constraint or a unique index over exactly these columns. */
function isKey({ keys, indexes }: StoredTable, names: readonly string[]): boolean {
  const wanted = names.map(foldName).sort().join('\n');
  const unique = indexes.filter((index) => index.unique && index.whereSql === undefined);
  return [...keys, ...unique].some(
    ({ columns }) =>
      columns
        .map(({ name }) => foldName(name))
        .sort()
        .join('\n') === wanted,
  );
}

/** The same in everything: 1778 for another type, 1753 for another length or scale. */
function assertSameType(
  { type, name }: StoredColumn,
  other: StoredColumn,
  words: { readonly own: string; readonly referenced: string; readonly foreignKey: string },
): void {
  const referenced = `${words.referenced}.${other.name}`;
  const referencing = `${words.own}.${name}`;
  if (type.name !== other.type.name) {
    throw referenceTypeDiffers(referenced, referencing, words.foreignKey);
  }
  if (JSON.stringify(type) !== JSON.stringify(other.type)) {
    throw referenceLengthDiffers(referenced, referencing, words.foreignKey);
  }
}
