// sys.indexes, sys.index_columns, sys.key_constraints, sys.check_constraints, sys.default_constraints, sys.foreign_keys.
import type { ForeignKey } from '../catalogue.ts';
import type { StoredTable } from '../catalogue-state.ts';
import { objectKey, sameName } from '../names.ts';
import { bit, defineView, type ViewSource } from './define-view.ts';
import { objectColumns, objectRow } from './object-views.ts';
import { visibleTables } from './visible-objects.ts';

const columnIdOf = (table: StoredTable, name: string) =>
  table.columns.find((column) => sameName(column.name, name))?.columnId ?? 0;

/** Keys have an index each; a table without a clustered one is a heap, index 0. */
function indexesOf(table: StoredTable) {
  const all = [
    ...table.keys.map((key) => ({
      ...key,
      unique: true,
      include: [] as readonly string[],
      where: undefined,
    })),
    ...table.indexes.map((index) => ({ ...index, kind: 'index' as const })),
  ];
  return all.sort((left, right) => left.indexId - right.indexId);
}

const indexes = defineView(
  'sys',
  'indexes',
  {
    object_id: 'int',
    name: 'sysname?',
    index_id: 'int',
    type: 'tinyint',
    type_desc: 'nvarchar(60)?',
    is_unique: 'bit?',
    data_space_id: 'int?',
    ignore_dup_key: 'bit?',
    is_primary_key: 'bit?',
    is_unique_constraint: 'bit?',
    fill_factor: 'tinyint',
    is_padded: 'bit?',
    is_disabled: 'bit?',
    is_hypothetical: 'bit?',
    allow_row_locks: 'bit?',
    allow_page_locks: 'bit?',
    has_filter: 'bit?',
    filter_definition: 'nvarchar(max)?',
  },
  (source) =>
    visibleTables(source).flatMap((table) => {
      const common = {
        object_id: table.objectId,
        data_space_id: 1,
        ignore_dup_key: 0,
        fill_factor: 0,
        is_padded: 0,
        is_disabled: 0,
        is_hypothetical: 0,
        allow_row_locks: 1,
        allow_page_locks: 1,
      };
      const all = indexesOf(table);
      const heap = {
        ...common,
        index_id: 0,
        type: 0,
        type_desc: 'HEAP',
        is_unique: 0,
        is_primary_key: 0,
        is_unique_constraint: 0,
        has_filter: 0,
      };
      const rows = all.map((index) => ({
        ...common,
        name: index.name,
        index_id: index.indexId,
        type: index.clustered ? 1 : 2,
        type_desc: index.clustered ? 'CLUSTERED' : 'NONCLUSTERED',
        is_unique: bit(index.unique),
        is_primary_key: bit(index.kind === 'primaryKey'),
        is_unique_constraint: bit(index.kind === 'unique'),
        has_filter: bit(index.where !== undefined),
        filter_definition: index.where ?? null,
      }));
      return all.some(({ clustered }) => clustered) ? rows : [heap, ...rows];
    }),
);

const indexColumns = defineView(
  'sys',
  'index_columns',
  {
    object_id: 'int',
    index_id: 'int',
    index_column_id: 'int',
    column_id: 'int',
    key_ordinal: 'tinyint',
    partition_ordinal: 'tinyint',
    is_descending_key: 'bit?',
    is_included_column: 'bit?',
  },
  (source) =>
    visibleTables(source).flatMap((table) =>
      indexesOf(table).flatMap(({ indexId, columns, include }) =>
        [
          ...columns.map(({ name, descending }) => ({ name, descending, isKey: true })),
          ...include.map((name) => ({ name, descending: false, isKey: false })),
        ].map(({ name, descending, isKey }, index) => ({
          object_id: table.objectId,
          index_id: indexId,
          index_column_id: index + 1,
          column_id: columnIdOf(table, name),
          key_ordinal: isKey ? index + 1 : 0,
          partition_ordinal: 0,
          is_descending_key: bit(descending),
          is_included_column: bit(!isKey),
        })),
      ),
    ),
);

const keyConstraints = defineView(
  'sys',
  'key_constraints',
  { ...objectColumns, unique_index_id: 'int?', is_system_named: 'bit', is_enforced: 'bit?' },
  (source) =>
    visibleTables(source).flatMap((table) =>
      table.keys.map((key) => ({
        ...objectRow(key.kind, key, table, source),
        unique_index_id: key.indexId,
        is_system_named: bit(key.isSystemNamed),
        is_enforced: 1,
      })),
    ),
);

/** Pretend: definitions are shown as they were written; SQL Server writes them anew, `([Size]>(0))`. */
const checkConstraints = defineView(
  'sys',
  'check_constraints',
  {
    ...objectColumns,
    is_disabled: 'bit',
    is_not_for_replication: 'bit',
    is_not_trusted: 'bit',
    parent_column_id: 'int',
    definition: 'nvarchar(max)?',
    is_system_named: 'bit',
  },
  (source) =>
    visibleTables(source).flatMap((table) =>
      table.checks.map((check) => ({
        ...objectRow('check', check, table, source),
        is_disabled: 0,
        is_not_for_replication: 0,
        is_not_trusted: 0,
        parent_column_id: check.columnId,
        definition: `(${check.text})`,
        is_system_named: bit(check.isSystemNamed),
      })),
    ),
);

const defaultConstraints = defineView(
  'sys',
  'default_constraints',
  {
    ...objectColumns,
    parent_column_id: 'int',
    definition: 'nvarchar(max)?',
    is_system_named: 'bit',
  },
  (source) =>
    visibleTables(source).flatMap((table) =>
      table.columns.flatMap((column) =>
        column.default
          ? [
              {
                ...objectRow('default', column.default, table, source),
                parent_column_id: column.columnId,
                definition: `(${column.default.text})`,
                is_system_named: bit(column.default.isSystemNamed),
              },
            ]
          : [],
      ),
    ),
);

const actions = {
  noAction: [0, 'NO_ACTION'],
  cascade: [1, 'CASCADE'],
  setNull: [2, 'SET_NULL'],
  setDefault: [3, 'SET_DEFAULT'],
} as const;

function referenced(
  { state }: ViewSource,
  { referencedSchema, referencedTable }: ForeignKey,
): StoredTable | undefined {
  const found = state.objects.get(objectKey(referencedSchema, referencedTable));
  return found?.kind === 'table' ? found : undefined;
}

const foreignKeys = defineView(
  'sys',
  'foreign_keys',
  {
    ...objectColumns,
    referenced_object_id: 'int?',
    key_index_id: 'int?',
    is_disabled: 'bit',
    is_not_for_replication: 'bit',
    is_not_trusted: 'bit',
    delete_referential_action: 'tinyint?',
    delete_referential_action_desc: 'nvarchar(60)?',
    update_referential_action: 'tinyint?',
    update_referential_action_desc: 'nvarchar(60)?',
    is_system_named: 'bit',
  },
  (source) =>
    visibleTables(source).flatMap((table) =>
      table.foreignKeys.map((foreignKey) => {
        const [onDelete, deleteWords] = actions[foreignKey.onDelete];
        const [onUpdate, updateWords] = actions[foreignKey.onUpdate];
        return {
          ...objectRow('foreignKey', foreignKey, table, source),
          referenced_object_id: referenced(source, foreignKey)?.objectId ?? null,
          key_index_id: 1,
          is_disabled: 0,
          is_not_for_replication: 0,
          is_not_trusted: 0,
          delete_referential_action: onDelete,
          delete_referential_action_desc: deleteWords,
          update_referential_action: onUpdate,
          update_referential_action_desc: updateWords,
          is_system_named: bit(foreignKey.isSystemNamed),
        };
      }),
    ),
);

const foreignKeyColumns = defineView(
  'sys',
  'foreign_key_columns',
  {
    constraint_object_id: 'int',
    constraint_column_id: 'int',
    parent_object_id: 'int',
    parent_column_id: 'int',
    referenced_object_id: 'int',
    referenced_column_id: 'int',
  },
  (source) =>
    visibleTables(source).flatMap((table) =>
      table.foreignKeys.flatMap((foreignKey) => {
        const parent = referenced(source, foreignKey);
        return foreignKey.columns.map((name, index) => ({
          constraint_object_id: foreignKey.objectId,
          constraint_column_id: index + 1,
          parent_object_id: table.objectId,
          parent_column_id: columnIdOf(table, name),
          referenced_object_id: parent?.objectId ?? 0,
          referenced_column_id: parent
            ? columnIdOf(parent, foreignKey.referencedColumns[index] ?? '')
            : 0,
        }));
      }),
    ),
);

export const constraintViews = [
  indexes,
  indexColumns,
  keyConstraints,
  checkConstraints,
  defaultConstraints,
  foreignKeys,
  foreignKeyColumns,
];
