// SQL Server's refusals for want of a right [sys.messages].
import { SqlError } from '../../tds/sql-error.ts';

/** Of objects. Class 14, as all that are about rights. */
export const objectDenied = (
  permission: string,
  database: string,
  { schema, name }: { readonly schema: string; readonly name: string },
) =>
  new SqlError(
    229,
    `The ${permission} permission was denied on the object '${name}', database '${database}', schema '${schema}'.`,
    14,
    5,
  );

export const columnDenied = (
  permission: string,
  column: string,
  database: string,
  { schema, name }: { readonly schema: string; readonly name: string },
) =>
  new SqlError(
    230,
    `The ${permission} permission was denied on the column '${column}' of the object '${name}', database '${database}', schema '${schema}'.`,
    14,
    1,
  );

export const databaseDenied = (permission: string, database: string) =>
  new SqlError(262, `${permission} permission denied in database '${database}'.`, 14, 1);

/** `kind`: `object`, `user`, `role`, `schema`, `principal` … It never tells which of the two it is. */
export const cannotFind = (kind: string, name: string, state = 1) =>
  new SqlError(
    15151,
    `Cannot find the ${kind} '${name}', because it does not exist or you do not have permission.`,
    16,
    state,
  );

export const cannotAlter = (kind: string, name: string) =>
  new SqlError(
    15151,
    `Cannot alter the ${kind} '${name}', because it does not exist or you do not have permission.`,
  );

export const cannotDropPrincipal = (kind: string, name: string) =>
  new SqlError(
    15151,
    `Cannot drop the ${kind} '${name}', because it does not exist or you do not have permission.`,
  );

export const cannotAdd = (name: string) =>
  new SqlError(
    15151,
    `Cannot add the principal '${name}', because it does not exist or you do not have permission.`,
  );

export const grantorLacksGrant = () =>
  new SqlError(4613, 'Grantor does not have GRANT permission.');

/** Of every action that no grant covers. */
export const notAllowedHere = () =>
  new SqlError(15247, 'User does not have permission to perform this action.', 16, 1);
