// INFORMATION_SCHEMA [https://learn.microsoft.com/sql/relational-databases/system-information-schema-views].
import { objectPermissions } from '../../security/permissions/permission-hierarchy.ts';
import { findById } from '../catalogue-state.ts';
import { DEFAULT_COLLATION } from '../default-collation.ts';
import { defineView } from './define-view.ts';
import { nameRow, schema, tableName } from './information-schema-names.ts';
import { isCharacterType, typeFacts } from './type-facts.ts';
import { columnsWithIds, visibleObjects } from './visible-objects.ts';

const tables = defineView(
  schema,
  'TABLES',
  { ...tableName, TABLE_TYPE: 'varchar(10)?' },
  (source) =>
    visibleObjects(source)
      .filter(({ kind }) => kind !== 'procedure')
      .map((object) => ({
        ...nameRow(source.databaseName, object),
        TABLE_TYPE: object.kind === 'table' ? 'BASE TABLE' : 'VIEW',
      })),
);

const columns = defineView(
  schema,
  'COLUMNS',
  {
    ...tableName,
    COLUMN_NAME: 'sysname?',
    ORDINAL_POSITION: 'int?',
    COLUMN_DEFAULT: 'nvarchar(4000)?',
    IS_NULLABLE: 'varchar(3)?',
    DATA_TYPE: 'nvarchar(128)?',
    CHARACTER_MAXIMUM_LENGTH: 'int?',
    CHARACTER_OCTET_LENGTH: 'int?',
    NUMERIC_PRECISION: 'tinyint?',
    NUMERIC_PRECISION_RADIX: 'smallint?',
    NUMERIC_SCALE: 'int?',
    DATETIME_PRECISION: 'smallint?',
    COLLATION_NAME: 'sysname?',
  },
  (source) =>
    visibleObjects(source).flatMap((object) =>
      columnsWithIds(object).map((column, index) => {
        const { type } = column;
        const { maxLength, precision, scale } = typeFacts(type);
        const length = 'length' in type ? (type.length === 'max' ? -1 : type.length) : null;
        const isTime = 'scale' in type && type.name !== 'decimal';
        const isOldTime = ['date', 'smalldatetime', 'datetime'].includes(type.name);
        const isNumber = precision > 0 && !isTime && !isOldTime && type.name !== 'bit';
        const isFloat = type.name === 'float' || type.name === 'real';
        return {
          ...nameRow(source.databaseName, object),
          COLUMN_NAME: column.name,
          ORDINAL_POSITION: index + 1,
          COLUMN_DEFAULT: 'default' in column && column.default ? `(${column.default.text})` : null,
          IS_NULLABLE: column.nullable ? 'YES' : 'NO',
          DATA_TYPE: type.name,
          CHARACTER_MAXIMUM_LENGTH: length,
          CHARACTER_OCTET_LENGTH: length === null ? null : maxLength,
          NUMERIC_PRECISION: isNumber ? precision : null,
          NUMERIC_PRECISION_RADIX: isNumber ? (isFloat ? 2 : 10) : null,
          NUMERIC_SCALE: isNumber && !isFloat ? scale : null,
          DATETIME_PRECISION: isTime || isOldTime ? scale : null,
          COLLATION_NAME: isCharacterType(type)
            ? ('collation' in column && column.collation) || DEFAULT_COLLATION
            : null,
        };
      }),
    ),
);

const schemata = defineView(
  schema,
  'SCHEMATA',
  { CATALOG_NAME: 'sysname?', SCHEMA_NAME: 'sysname', SCHEMA_OWNER: 'sysname?' },
  ({ state, databaseName }) =>
    [...state.schemas.values()].map(({ name, ownerId }) => ({
      CATALOG_NAME: databaseName,
      SCHEMA_NAME: name,
      SCHEMA_OWNER: findById(state.principals, ownerId)?.name ?? null,
    })),
);

const routines = defineView(
  schema,
  'ROUTINES',
  {
    SPECIFIC_CATALOG: 'sysname?',
    SPECIFIC_SCHEMA: 'sysname?',
    SPECIFIC_NAME: 'sysname',
    ROUTINE_CATALOG: 'sysname?',
    ROUTINE_SCHEMA: 'sysname?',
    ROUTINE_NAME: 'sysname',
    ROUTINE_TYPE: 'nvarchar(20)?',
    DATA_TYPE: 'sysname?',
    ROUTINE_BODY: 'nvarchar(30)?',
    ROUTINE_DEFINITION: 'nvarchar(4000)?',
    CREATED: 'datetime?',
    LAST_ALTERED: 'datetime?',
  },
  (source) =>
    visibleObjects(source).flatMap((object) => {
      if (object.kind !== 'procedure') return [];
      const target = { kind: 'object', schema: object.schema, name: object.name } as const;
      const seesText = source.security.has('VIEW DEFINITION', target);
      return [
        {
          SPECIFIC_CATALOG: source.databaseName,
          SPECIFIC_SCHEMA: object.schema,
          SPECIFIC_NAME: object.name,
          ROUTINE_CATALOG: source.databaseName,
          ROUTINE_SCHEMA: object.schema,
          ROUTINE_NAME: object.name,
          ROUTINE_TYPE: 'PROCEDURE',
          ROUTINE_BODY: 'SQL',
          ROUTINE_DEFINITION: seesText ? object.text.slice(0, 4000) : null,
          CREATED: object.createdAt,
          LAST_ALTERED: object.modifiedAt,
        },
      ];
    }),
);

const tablePrivileges = defineView(
  schema,
  'TABLE_PRIVILEGES',
  {
    GRANTOR: 'sysname?',
    GRANTEE: 'sysname?',
    ...tableName,
    PRIVILEGE_TYPE: 'varchar(10)?',
    IS_GRANTABLE: 'varchar(3)?',
  },
  (source) =>
    [...source.state.permissions.values()].flatMap((permission) => {
      const isOwn =
        source.security.rights.principalIds.has(permission.granteeId) ||
        source.security.rights.principalIds.has(permission.grantorId);
      const isTables =
        permission.class === 1 && permission.minorId === 0 && permission.state !== 'D';
      const object = findById(source.state.objects, permission.majorId);
      const isListed = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REFERENCES'].includes(
        permission.permission,
      );
      if (!isOwn || !isTables || !object || !isListed) return [];
      if (!objectPermissions[object.kind].includes(permission.permission)) return [];
      return [
        {
          GRANTOR: findById(source.state.principals, permission.grantorId)?.name ?? null,
          GRANTEE: findById(source.state.principals, permission.granteeId)?.name ?? null,
          ...nameRow(source.databaseName, object),
          PRIVILEGE_TYPE: permission.permission,
          IS_GRANTABLE: permission.state === 'W' ? 'YES' : 'NO',
        },
      ];
    }),
);

export const informationSchemaViews = [tables, columns, schemata, routines, tablePrivileges];
