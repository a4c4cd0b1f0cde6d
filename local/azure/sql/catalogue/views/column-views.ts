// sys.columns, sys.identity_columns, sys.parameters, sys.types.
import type { SqlType } from '../../../tds/sql-type.ts';
import { DEFAULT_COLLATION } from '../default-collation.ts';
import { bit, type ColumnTypes, defineView } from './define-view.ts';
import { isCharacterType, typeFacts, typeIds } from './type-facts.ts';
import { columnsWithIds, visibleObjects, visibleTables } from './visible-objects.ts';

const typed = {
  system_type_id: 'tinyint',
  user_type_id: 'int',
  max_length: 'smallint',
  precision: 'tinyint',
  scale: 'tinyint',
} as const satisfies ColumnTypes;

function typeRow(type: SqlType) {
  const { maxLength, precision, scale } = typeFacts(type);
  const id = typeIds[type.name];
  return { system_type_id: id, user_type_id: id, max_length: maxLength, precision, scale };
}

const columns = defineView(
  'sys',
  'columns',
  {
    object_id: 'int',
    name: 'sysname?',
    column_id: 'int',
    ...typed,
    collation_name: 'sysname?',
    is_nullable: 'bit?',
    is_ansi_padded: 'bit',
    is_rowguidcol: 'bit',
    is_identity: 'bit',
    is_computed: 'bit',
    is_sparse: 'bit?',
    default_object_id: 'int',
    is_hidden: 'bit',
    is_masked: 'bit',
  },
  (source) =>
    visibleObjects(source).flatMap((object) =>
      columnsWithIds(object).map((column) => ({
        object_id: object.objectId,
        name: column.name,
        column_id: column.columnId,
        ...typeRow(column.type),
        collation_name: isCharacterType(column.type)
          ? 'collation' in column && column.collation !== undefined
            ? column.collation
            : DEFAULT_COLLATION
          : null,
        is_nullable: bit(column.nullable),
        is_ansi_padded: bit('length' in column.type),
        is_rowguidcol: 0,
        is_identity: bit(column.identity === true),
        is_computed: 0,
        is_sparse: 0,
        default_object_id: ('default' in column && column.default?.objectId) || 0,
        is_hidden: 0,
        is_masked: 0,
      })),
    ),
);

const identityColumns = defineView(
  'sys',
  'identity_columns',
  {
    object_id: 'int',
    name: 'sysname?',
    column_id: 'int',
    ...typed,
    is_nullable: 'bit?',
    is_identity: 'bit',
    seed_value: 'bigint?',
    increment_value: 'bigint?',
  },
  (source) =>
    visibleTables(source).flatMap((table) =>
      table.columns
        .filter((column) => column.identitySeed)
        .map(({ name, columnId, type, nullable, identitySeed }) => ({
          object_id: table.objectId,
          name,
          column_id: columnId,
          ...typeRow(type),
          is_nullable: bit(nullable),
          is_identity: 1,
          seed_value: BigInt(identitySeed?.seed ?? 1),
          increment_value: BigInt(identitySeed?.increment ?? 1),
        })),
    ),
);

const parameters = defineView(
  'sys',
  'parameters',
  {
    object_id: 'int',
    name: 'sysname?',
    parameter_id: 'int',
    ...typed,
    is_output: 'bit',
    has_default_value: 'bit',
    is_nullable: 'bit?',
  },
  (source) =>
    visibleObjects(source).flatMap((object) =>
      object.kind !== 'procedure'
        ? []
        : object.parameters.map((parameter, index) => ({
            object_id: object.objectId,
            name: parameter.name,
            parameter_id: index + 1,
            ...typeRow(parameter.type),
            is_output: bit(parameter.isOutput),
            // SQL Server: always 0 for T-SQL procedures.
            has_default_value: 0,
            is_nullable: 1,
          })),
    ),
);

const sample = (name: SqlType['name']): SqlType => {
  switch (name) {
    case 'decimal':
      return { name, precision: 38, scale: 38 };
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return { name, scale: 7 };
    case 'nchar':
    case 'nvarchar':
      return { name, length: 4000 };
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
      return { name, length: 8000 };
    default:
      return { name };
  }
};

const types = defineView(
  'sys',
  'types',
  {
    name: 'sysname',
    system_type_id: 'tinyint',
    user_type_id: 'int',
    schema_id: 'int',
    principal_id: 'int?',
    max_length: 'smallint',
    precision: 'tinyint',
    scale: 'tinyint',
    collation_name: 'sysname?',
    is_nullable: 'bit?',
    is_user_defined: 'bit',
    is_assembly_type: 'bit',
    is_table_type: 'bit',
  },
  () =>
    (Object.keys(typeIds) as SqlType['name'][]).map((name) => ({
      name,
      schema_id: 4,
      ...typeRow(sample(name)),
      collation_name: isCharacterType(sample(name)) ? DEFAULT_COLLATION : null,
      is_nullable: 1,
      is_user_defined: 0,
      is_assembly_type: 0,
      is_table_type: 0,
    })),
);

export const columnViews = [columns, identityColumns, parameters, types];
