// SQL Server's refusals of CREATE, ALTER and DROP [sys.messages].
import { SqlError } from '../../tds/sql-error.ts';

export const alreadyAnObject = (name: string) =>
  new SqlError(2714, `There is already an object named '${name}' in the database.`, 16, 6);

export const noSuchSchema = (name: string) =>
  new SqlError(
    2760,
    `The specified schema name "${name}" either does not exist or you do not have permission to use it.`,
  );

const dropWords = {
  table: 'table',
  procedure: 'procedure',
  view: 'view',
  index: 'index',
} as const;

/** `state` 5 for objects, 7 for indexes. */
export const cannotDrop = (kind: keyof typeof dropWords, name: string) =>
  new SqlError(
    3701,
    `Cannot drop the ${dropWords[kind]} '${name}', because it does not exist or you do not have permission.`,
    kind === 'index' ? 16 : 11,
    kind === 'index' ? 7 : 5,
  );

/** `DROP TABLE` of a view, and the like. */
export const wrongObjectKind = (
  used: 'table' | 'procedure' | 'view',
  name: string,
  found: 'table' | 'procedure' | 'view',
) =>
  new SqlError(
    3705,
    `Cannot use DROP ${used.toUpperCase()} with '${name}' because '${name}' is a ${found}. Use DROP ${found.toUpperCase()}.`,
  );

export const noSuchTable = (name: string) =>
  new SqlError(
    4902,
    `Cannot find the object "${name}" because it does not exist or you do not have permissions.`,
  );

export const noSuchObject = (name: string) =>
  new SqlError(208, `Invalid object name '${name}'.`, 16, 6);

export const indexTableMissing = (name: string) =>
  new SqlError(
    1088,
    `Cannot find the object "${name}" because it does not exist or you do not have permissions.`,
    16,
    12,
  );

export const duplicateColumn = (column: string, table: string) =>
  new SqlError(
    2705,
    `Column names in each table must be unique. Column name '${column}' in table '${table}' is specified more than once.`,
    16,
    4,
  );

export const indexExists = (index: string, table: string) =>
  new SqlError(
    1913,
    `The operation failed because an index or statistics with name '${index}' already exists on table '${table}'.`,
  );

export const manyPrimaryKeys = (table: string) =>
  new SqlError(8110, `Cannot add multiple PRIMARY KEY constraints to table '${table}'.`, 16, 0);

export const hasPrimaryKey = (table: string) =>
  new SqlError(1779, `Table '${table}' already has a primary key defined on it.`, 16, 0);

export const manyClustered = (table: string) =>
  new SqlError(
    8112,
    `Cannot add more than one clustered index for constraints on table '${table}'.`,
    16,
    0,
  );

export const nullablePrimaryKey = (table: string) =>
  new SqlError(
    8111,
    `Cannot define PRIMARY KEY constraint on nullable column in table '${table}'.`,
  );

export const columnMissing = (column: string) =>
  new SqlError(1911, `Column name '${column}' does not exist in the target table or view.`);

export const unfitKeyColumn = (column: string, table: string) =>
  new SqlError(
    1919,
    `Column '${column}' in table '${table}' is of a type that is invalid for use as a key column in an index.`,
  );

export const constraintNotMade = () =>
  new SqlError(1750, 'Could not create constraint or index. See previous errors.', 16, 0);

export const badReferencedTable = (foreignKey: string, table: string) =>
  new SqlError(1767, `Foreign key '${foreignKey}' references invalid table '${table}'.`, 16, 0);

export const badReferencingColumn = (foreignKey: string, column: string, table: string) =>
  new SqlError(
    1769,
    `Foreign key '${foreignKey}' references invalid column '${column}' in referencing table '${table}'.`,
  );

export const badReferencedColumn = (foreignKey: string, column: string, table: string) =>
  new SqlError(
    1770,
    `Foreign key '${foreignKey}' references invalid column '${column}' in referenced table '${table}'.`,
    16,
    0,
  );

export const noReferencedKey = (foreignKey: string, table: string) =>
  new SqlError(
    1776,
    `There are no primary or candidate keys in the referenced table '${table}' that match the referencing column list in the foreign key '${foreignKey}'.`,
    16,
    0,
  );

export const noPrimaryKeyToReference = (foreignKey: string, table: string) =>
  new SqlError(
    1773,
    `Foreign key '${foreignKey}' has implicit reference to object '${table}' which does not have a primary key defined on it.`,
    16,
    0,
  );

export const referenceTypeDiffers = (referenced: string, referencing: string, foreignKey: string) =>
  new SqlError(
    1778,
    `Column '${referenced}' is not the same data type as referencing column '${referencing}' in foreign key '${foreignKey}'.`,
    16,
    0,
  );

export const referenceLengthDiffers = (
  referenced: string,
  referencing: string,
  foreignKey: string,
) =>
  new SqlError(
    1753,
    `Column '${referenced}' is not the same length or scale as referencing column '${referencing}' in foreign key '${foreignKey}'. Columns participating in a foreign key relationship must be defined with the same length and scale.`,
    16,
    0,
  );

export const referenceCountDiffers = (foreignKey: string) =>
  new SqlError(
    8139,
    `Number of referencing columns in foreign key differs from number of referenced columns, table '${foreignKey}'.`,
    16,
    0,
  );

export const stillReferenced = (table: string) =>
  new SqlError(
    3726,
    `Could not drop object '${table}' because it is referenced by a FOREIGN KEY constraint.`,
  );

export const keyStillReferenced = (constraint: string, table: string, foreignKey: string) =>
  new SqlError(
    3725,
    `The constraint '${constraint}' is being referenced by table '${table}', foreign key constraint '${foreignKey}'.`,
    16,
    0,
  );

export const notAConstraint = (name: string) =>
  new SqlError(3728, `'${name}' is not a constraint.`);

export const constraintNotDropped = () =>
  new SqlError(3727, 'Could not drop constraint. See previous errors.', 16, 0);

export const columnNotInTable = (verb: string, column: string, table: string) =>
  new SqlError(
    4924,
    `${verb} failed because column '${column}' does not exist in table '${table}'.`,
  );

export const columnInUse = (verb: string, column: string) =>
  new SqlError(
    4922,
    `${verb} ${column} failed because one or more objects access this column.`,
    16,
    9,
  );

export const noRoomForNull = (column: string, table: string) =>
  new SqlError(
    4901,
    `ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified, or the column being added is an identity or timestamp column, or alternatively if none of the previous conditions are satisfied the table must be empty to allow addition of this column. Column '${column}' cannot be added to non-empty table '${table}' because it does not satisfy these conditions.`,
  );

export const schemaNotEmpty = (schema: string, object: string) =>
  new SqlError(
    3729,
    `Cannot drop schema '${schema}' because it is being referenced by object '${object}'.`,
  );

export const manyIdentities = (table: string) =>
  new SqlError(
    2744,
    `Multiple identity columns specified for table '${table}'. Only one identity column per table is allowed.`,
    16,
    2,
  );

export const hasDefault = () => new SqlError(1781, 'Column already has a DEFAULT bound to it.');

export const duplicateKeyFound = (table: string, index: string, key: string) =>
  new SqlError(
    1505,
    `The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '${table}' and the index name '${index}'. The duplicate key value is ${key}.`,
  );

export const mayNotChange = (kind: 'table' | 'procedure' | 'view', name: string) =>
  new SqlError(
    3704,
    `User does not have permission to perform this operation on ${kind} '${name}'.`,
  );

export const schemaNotMade = () =>
  new SqlError(2759, 'CREATE SCHEMA failed due to previous errors.', 16, 0);
