// Functions that look into the catalogue; what the caller may not see is NULL.
import { type BuiltIn, fixed, int, nvarchar, sysname } from './built-in.ts';

const anyText = nvarchar(4_000);

export const metadataFunctions: Readonly<Record<string, BuiltIn>> = {
  OBJECT_ID: fixed('t_object_id', [nvarchar(776), sysname], int, { optional: 1, nullable: true }),
  OBJECT_NAME: fixed('t_object_name', [int, int], sysname, { optional: 1, nullable: true }),
  OBJECT_SCHEMA_NAME: fixed('t_object_schema_name', [int, int], sysname, {
    optional: 1,
    nullable: true,
  }),
  OBJECT_DEFINITION: fixed('t_object_definition', [int], nvarchar('max'), { nullable: true }),
  SCHEMA_ID: fixed('t_schema_id', [sysname], int, { optional: 1, nullable: true }),
  SCHEMA_NAME: fixed('t_schema_name', [int], sysname, { optional: 1, nullable: true }),
  COL_LENGTH: fixed(
    't_col_length',
    [nvarchar(776), sysname],
    { name: 'smallint' },
    { nullable: true },
  ),
  COL_NAME: fixed('t_col_name', [int, int], sysname, { nullable: true }),
  COLUMNPROPERTY: fixed('t_columnproperty', [int, sysname, sysname], int, { nullable: true }),
  OBJECTPROPERTY: fixed('t_objectproperty', [int, sysname], int, { nullable: true }),
  TYPE_ID: fixed('t_type_id', [sysname], int, { nullable: true }),
  TYPE_NAME: fixed('t_type_name', [int], sysname, { nullable: true }),
  PARSENAME: fixed('f_parsename', [nvarchar(776), int], sysname, { nullable: true }),
  SERVERPROPERTY: fixed('t_serverproperty', [sysname], anyText, { nullable: true }),
  DATABASEPROPERTYEX: fixed('t_databasepropertyex', [sysname, sysname], anyText, {
    nullable: true,
  }),
  CONNECTIONPROPERTY: fixed('t_connectionproperty', [sysname], anyText, { nullable: true }),
};
