// Functions whose answer the session knows.
import type { SqlType } from '../../../tds/sql-type.ts';
import { type BuiltIn, fixed, int, nvarchar, sysname } from './built-in.ts';

/** A value that the session fills in for each execution. */
function given(parameter: string, type: SqlType): BuiltIn {
  return {
    arguments: [0, 0],
    compile: (_values, { compilation }) => ({
      sql: compilation.parameter(parameter, type),
      type,
      nullable: true,
    }),
  };
}

export const sessionFunctions: Readonly<Record<string, BuiltIn>> = {
  SYSTEM_USER: given('#login', sysname),
  ORIGINAL_LOGIN: given('#original_login', sysname),
  CURRENT_USER: given('#user', sysname),
  SESSION_USER: given('#user', sysname),
  USER: given('#user', sysname),
  SUSER_SNAME: fixed('t_suser_sname', [{ name: 'varbinary', length: 85 }], sysname, {
    optional: 1,
    nullable: true,
  }),
  SUSER_NAME: fixed('t_suser_sname', [], sysname, { nullable: true }),
  SUSER_SID: fixed(
    't_suser_sid',
    [sysname],
    { name: 'varbinary', length: 85 },
    { optional: 1, nullable: true },
  ),
  SUSER_ID: fixed('t_suser_id', [], int, { nullable: true }),
  USER_NAME: fixed('t_user_name', [int], sysname, { optional: 1, nullable: true }),
  USER_ID: fixed('t_user_id', [sysname], int, { optional: 1, nullable: true }),
  DATABASE_PRINCIPAL_ID: fixed('t_user_id', [sysname], int, { optional: 1, nullable: true }),
  IS_MEMBER: fixed('t_is_rolemember', [sysname], int, { nullable: true }),
  IS_ROLEMEMBER: fixed('t_is_rolemember', [sysname, sysname], int, { optional: 1, nullable: true }),
  IS_SRVROLEMEMBER: fixed('t_is_srvrolemember', [sysname, sysname], int, {
    optional: 1,
    nullable: true,
  }),
  HAS_PERMS_BY_NAME: fixed(
    't_has_perms',
    [nvarchar(4_000), nvarchar(60), nvarchar(60), nvarchar(4_000), nvarchar(60)],
    int,
    { optional: 2, nullable: true },
  ),
  HAS_DBACCESS: fixed('t_has_dbaccess', [sysname], int, { nullable: true }),
  DB_NAME: fixed('t_db_name', [int], sysname, { optional: 1, nullable: true }),
  DB_ID: fixed('t_db_id', [sysname], { name: 'smallint' }, { optional: 1, nullable: true }),
  APP_NAME: given('#app', sysname),
  HOST_NAME: given('#host', sysname),
  SCOPE_IDENTITY: given('#scope_identity', { name: 'decimal', precision: 38, scale: 0 }),
  XACT_STATE: given('#xact_state', { name: 'smallint' }),
  ERROR_NUMBER: given('#error_number', int),
  ERROR_MESSAGE: given('#error_message', nvarchar(4_000)),
  ERROR_SEVERITY: given('#error_severity', int),
  ERROR_STATE: given('#error_state', int),
  ERROR_LINE: given('#error_line', int),
  ERROR_PROCEDURE: given('#error_procedure', sysname),
  ROWCOUNT_BIG: given('@@rowcount', { name: 'bigint' }),
  CURRENT_TIMEZONE: given('#timezone', sysname),
};
