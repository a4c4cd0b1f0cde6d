// sys.schemas, sys.objects and the views of one kind of object.
import type { SqlValue } from '../../../tds/sql-type.ts';
import type { StoredObject, StoredTable } from '../catalogue-state.ts';
import { type ColumnTypes, defineView, type ViewSource } from './define-view.ts';
import { schemaIdOf, visibleObjects } from './visible-objects.ts';

const schemas = defineView(
  'sys',
  'schemas',
  { name: 'sysname', schema_id: 'int', principal_id: 'int?' },
  ({ state }) =>
    [...state.schemas.values()].map(({ name, schemaId, ownerId }) => ({
      name,
      schema_id: schemaId,
      principal_id: ownerId,
    })),
);

export const objectColumns = {
  name: 'sysname',
  object_id: 'int',
  principal_id: 'int?',
  schema_id: 'int',
  parent_object_id: 'int',
  type: 'char(2)?',
  type_desc: 'nvarchar(60)?',
  create_date: 'datetime',
  modify_date: 'datetime',
  is_ms_shipped: 'bit',
  is_published: 'bit',
  is_schema_published: 'bit',
} as const satisfies ColumnTypes;

type ObjectRow = Record<keyof typeof objectColumns, SqlValue>;

const types = {
  table: ['U ', 'USER_TABLE'],
  view: ['V ', 'VIEW'],
  procedure: ['P ', 'SQL_STORED_PROCEDURE'],
  primaryKey: ['PK', 'PRIMARY_KEY_CONSTRAINT'],
  unique: ['UQ', 'UNIQUE_CONSTRAINT'],
  foreignKey: ['F ', 'FOREIGN_KEY_CONSTRAINT'],
  check: ['C ', 'CHECK_CONSTRAINT'],
  default: ['D ', 'DEFAULT_CONSTRAINT'],
} as const;

/** What `sys.objects` shows of an object, or of a constraint of the table `parent`. */
export function objectRow(
  kind: keyof typeof types,
  { name, objectId }: { readonly name: string; readonly objectId: number },
  parent: StoredObject,
  source: ViewSource,
): ObjectRow {
  const [type, words] = types[kind];
  return {
    name,
    object_id: objectId,
    principal_id: null,
    schema_id: schemaIdOf(source, parent.schema),
    parent_object_id: parent.objectId === objectId ? 0 : parent.objectId,
    type,
    type_desc: words,
    create_date: parent.createdAt,
    modify_date: parent.modifiedAt,
    is_ms_shipped: 0,
    is_published: 0,
    is_schema_published: 0,
  };
}

function rowsOf(object: StoredObject, source: ViewSource): readonly ObjectRow[] {
  const own = objectRow(object.kind, object, object, source);
  return object.kind === 'table' ? [own, ...constraintRows(object, source)] : [own];
}

function constraintRows(table: StoredTable, source: ViewSource): readonly ObjectRow[] {
  const defaults = table.columns.flatMap((column) => column.default ?? []);
  return [
    ...table.keys.map((key) => objectRow(key.kind, key, table, source)),
    ...table.foreignKeys.map((key) => objectRow('foreignKey', key, table, source)),
    ...table.checks.map((check) => objectRow('check', check, table, source)),
    ...defaults.map((each) => objectRow('default', each, table, source)),
  ];
}

const allObjects = (source: ViewSource) =>
  visibleObjects(source).flatMap((object) => rowsOf(object, source));

const ofKind = (kind: StoredObject['kind']) => (source: ViewSource) =>
  visibleObjects(source)
    .filter((object) => object.kind === kind)
    .map((object) => objectRow(object.kind, object, object, source));

const tableColumns = {
  ...objectColumns,
  lob_data_space_id: 'int',
  max_column_id_used: 'int',
  temporal_type: 'tinyint?',
  temporal_type_desc: 'nvarchar(60)?',
  is_memory_optimized: 'bit?',
  is_external: 'bit',
} as const satisfies ColumnTypes;

const tables = defineView('sys', 'tables', tableColumns, (source) =>
  visibleObjects(source)
    .filter((object) => object.kind === 'table')
    .map((table) => ({
      ...objectRow('table', table, table, source),
      lob_data_space_id: 0,
      max_column_id_used: table.lastColumnId,
      temporal_type: 0,
      temporal_type_desc: 'NON_TEMPORAL_TABLE',
      is_memory_optimized: 0,
      is_external: 0,
    })),
);

const sqlModules = defineView(
  'sys',
  'sql_modules',
  {
    object_id: 'int',
    definition: 'nvarchar(max)?',
    uses_ansi_nulls: 'bit?',
    uses_quoted_identifier: 'bit?',
    is_schema_bound: 'bit?',
    execute_as_principal_id: 'int?',
  },
  (source) =>
    visibleObjects(source).flatMap((object) => {
      if (object.kind === 'table') return [];
      const { schema, name } = object;
      // Azure: who may run a procedure still does not see its text.
      // Source: https://learn.microsoft.com/sql/relational-databases/security/metadata-visibility-configuration
      const seesText = source.security.has('VIEW DEFINITION', { kind: 'object', schema, name });
      const actsAs = object.kind === 'procedure' ? object.executeAs : 'caller';
      const principal = { caller: null, owner: -2, self: null }[actsAs];
      return [
        {
          object_id: object.objectId,
          definition: seesText ? object.text : null,
          uses_ansi_nulls: 1,
          uses_quoted_identifier: 1,
          is_schema_bound: 0,
          execute_as_principal_id:
            object.kind === 'procedure' && actsAs === 'self' ? object.createdBy : principal,
        },
      ];
    }),
);

export const objectViews = [
  schemas,
  defineView('sys', 'objects', objectColumns, allObjects),
  defineView('sys', 'all_objects', objectColumns, allObjects),
  tables,
  defineView('sys', 'views', objectColumns, ofKind('view')),
  defineView('sys', 'procedures', objectColumns, ofKind('procedure')),
  sqlModules,
];
