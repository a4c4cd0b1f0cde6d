// SQL Server's refusals about users and roles [sys.messages].
import { SqlError } from '../../tds/sql-error.ts';

export const principalExists = (name: string) =>
  new SqlError(15023, `User, group, or role '${name}' already exists in the current database.`);

export const sidExists = () =>
  new SqlError(15063, 'The login already has an account under a different user name.');

export const badSid = () => new SqlError(15419, 'Supplied parameter sid should be binary(16).');

export const notInDirectory = (name: string) =>
  new SqlError(
    33130,
    `Principal '${name}' could not be found or this principal type is not supported.`,
  );

export const ambiguousDisplayName = (name: string) =>
  new SqlError(
    33131,
    `Principal '${name}' has a duplicate display name. Make the display name unique in Azure Active Directory and execute this statement again.`,
  );

/** Words as clients show them, the server's own sentence inside. */
export const noServerIdentity = (name: string) =>
  new SqlError(
    33134,
    `Principal '${name}' could not be resolved. Error message: 'Server identity is not configured. Please follow the steps in "Assign an Azure AD identity to your server and add Directory Reader permission to your identity" (https://aka.ms/sqlaadsetup)'`,
  );

export const cannotDropFixed = (kind: 'user' | 'role', name: string) =>
  new SqlError(15150, `Cannot drop the ${kind} '${name}'.`);

export const cannotAlterFixed = (kind: 'user' | 'role', name: string) =>
  new SqlError(15150, `Cannot alter the ${kind} '${name}'.`);

export const ownsSchema = () =>
  new SqlError(
    15138,
    'The database principal owns a schema in the database, and cannot be dropped.',
  );

export const ownsRole = () =>
  new SqlError(15421, 'The database principal owns a database role and cannot be dropped.');

export const hasGranted = () =>
  new SqlError(
    15284,
    'The database principal has granted or denied permissions to objects in the database and cannot be dropped.',
  );

export const roleHasMembers = () =>
  new SqlError(15144, 'The role has members. It must be empty before it can be dropped.');

export const specialPrincipal = (name: string) =>
  new SqlError(15405, `Cannot use the special principal '${name}'.`);

export const publicMembership = () =>
  new SqlError(15081, 'Membership of the public role cannot be changed.');

export const memberOfItself = () => new SqlError(15413, 'Cannot make a role a member of itself.');

export const cannotImpersonate = (name: string) =>
  new SqlError(
    15517,
    `Cannot execute as the database principal because the principal "${name}" does not exist, this type of principal cannot be impersonated, or you do not have permission.`,
  );

export const specialGrantee = () =>
  new SqlError(
    4624,
    'Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, information_schema, sys, or yourself.',
  );

export const fixedRoleGrantee = () =>
  new SqlError(4617, 'Cannot grant, deny or revoke permissions to or from special roles.');

export const incompatiblePermission = (permission: string) =>
  new SqlError(4606, `Granted or revoked privilege ${permission} is not compatible with object.`);

export const columnsNotAllowed = () =>
  new SqlError(
    1020,
    'Sub-entity lists (such as column or security expressions) cannot be specified for entity-level permissions.',
    15,
  );

export const cascadeNeeded = () =>
  new SqlError(4611, 'To revoke or deny grantable privileges, specify the CASCADE option.');

export const cannotDropFixedSchema = (name: string) =>
  new SqlError(15150, `Cannot drop the schema '${name}'.`);
