// Constraints in INFORMATION_SCHEMA.
import { objectKey } from '../names.ts';
import { type ColumnTypes, defineView } from './define-view.ts';
import { nameRow, schema, tableName } from './information-schema-names.ts';
import { visibleTables } from './visible-objects.ts';

const constraintName = {
  CONSTRAINT_CATALOG: 'sysname?',
  CONSTRAINT_SCHEMA: 'sysname?',
  CONSTRAINT_NAME: 'sysname',
} as const satisfies ColumnTypes;

const constraintRow = (databaseName: string, owner: string, name: string) => ({
  CONSTRAINT_CATALOG: databaseName,
  CONSTRAINT_SCHEMA: owner,
  CONSTRAINT_NAME: name,
});

const tableConstraints = defineView(
  schema,
  'TABLE_CONSTRAINTS',
  {
    ...constraintName,
    ...tableName,
    CONSTRAINT_TYPE: 'varchar(11)?',
    IS_DEFERRABLE: 'varchar(2)',
    INITIALLY_DEFERRED: 'varchar(2)',
  },
  (source) =>
    visibleTables(source).flatMap((table) =>
      [
        ...table.keys.map(({ name, kind }) => ({
          name,
          type: kind === 'primaryKey' ? 'PRIMARY KEY' : 'UNIQUE',
        })),
        ...table.foreignKeys.map(({ name }) => ({ name, type: 'FOREIGN KEY' })),
        ...table.checks.map(({ name }) => ({ name, type: 'CHECK' })),
      ].map(({ name, type }) => ({
        ...constraintRow(source.databaseName, table.schema, name),
        ...nameRow(source.databaseName, table),
        CONSTRAINT_TYPE: type,
        IS_DEFERRABLE: 'NO',
        INITIALLY_DEFERRED: 'NO',
      })),
    ),
);

const keyColumnUsage = defineView(
  schema,
  'KEY_COLUMN_USAGE',
  { ...constraintName, ...tableName, COLUMN_NAME: 'sysname?', ORDINAL_POSITION: 'int' },
  (source) =>
    visibleTables(source).flatMap((table) =>
      [
        ...table.keys.map((key) => ({ ...key, names: key.columns.map(({ name }) => name) })),
        ...table.foreignKeys.map((key) => ({ ...key, names: key.columns })),
      ].flatMap(({ name, names }) =>
        names.map((column, index) => ({
          ...constraintRow(source.databaseName, table.schema, name),
          ...nameRow(source.databaseName, table),
          COLUMN_NAME: column,
          ORDINAL_POSITION: index + 1,
        })),
      ),
    ),
);

const checkConstraints = defineView(
  schema,
  'CHECK_CONSTRAINTS',
  { ...constraintName, CHECK_CLAUSE: 'nvarchar(4000)?' },
  (source) =>
    visibleTables(source).flatMap((table) =>
      table.checks.map(({ name, text }) => ({
        ...constraintRow(source.databaseName, table.schema, name),
        CHECK_CLAUSE: `(${text})`,
      })),
    ),
);

const rules = {
  noAction: 'NO ACTION',
  cascade: 'CASCADE',
  setNull: 'SET NULL',
  setDefault: 'SET DEFAULT',
} as const;

const referentialConstraints = defineView(
  schema,
  'REFERENTIAL_CONSTRAINTS',
  {
    ...constraintName,
    UNIQUE_CONSTRAINT_CATALOG: 'sysname?',
    UNIQUE_CONSTRAINT_SCHEMA: 'sysname?',
    UNIQUE_CONSTRAINT_NAME: 'sysname?',
    MATCH_OPTION: 'varchar(7)?',
    UPDATE_RULE: 'varchar(11)?',
    DELETE_RULE: 'varchar(11)?',
  },
  (source) =>
    visibleTables(source).flatMap((table) =>
      table.foreignKeys.map((foreignKey) => {
        const { referencedSchema, referencedTable, referencedColumns } = foreignKey;
        const parent = source.state.objects.get(objectKey(referencedSchema, referencedTable));
        const wanted = [...referencedColumns].sort().join('\n');
        const key =
          parent?.kind === 'table'
            ? parent.keys.find(
                ({ columns: own }) =>
                  own
                    .map(({ name }) => name)
                    .sort()
                    .join('\n') === wanted,
              )
            : undefined;
        return {
          ...constraintRow(source.databaseName, table.schema, foreignKey.name),
          UNIQUE_CONSTRAINT_CATALOG: source.databaseName,
          UNIQUE_CONSTRAINT_SCHEMA: referencedSchema,
          UNIQUE_CONSTRAINT_NAME: key?.name ?? null,
          MATCH_OPTION: 'SIMPLE',
          UPDATE_RULE: rules[foreignKey.onUpdate],
          DELETE_RULE: rules[foreignKey.onDelete],
        };
      }),
    ),
);

export const constraintSchemaViews = [
  tableConstraints,
  keyColumnUsage,
  checkConstraints,
  referentialConstraints,
];
