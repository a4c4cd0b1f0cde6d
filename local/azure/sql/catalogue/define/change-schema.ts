// CREATE SCHEMA and DROP SCHEMA [https://learn.microsoft.com/sql/t-sql/statements/create-schema-transact-sql].
import { cannotDropPrincipal, databaseDenied } from '../../security/permission-errors.ts';
import { cannotDropFixedSchema } from '../../security/principal-errors.ts';
import { ownerFor } from '../../security/principals/change-role.ts';
import type { Statement } from '../../tsql/ast/statement.ts';
import { withEntry, withoutEntry } from '../catalogue-state.ts';
import { alreadyAnObject, schemaNotEmpty, schemaNotMade } from '../definition-errors.ts';
import { fixedRoles, sysId } from '../initial-state.ts';
import { foldName, sameName } from '../names.ts';
import { type DefinitionContext, messageOf } from './definition-context.ts';

/** Throws SqlError 262, 2714, 15151, with 2759 behind. */
export function createSchema(
  { name, owner }: Extract<Statement, { kind: 'createSchema' }>,
  { catalogue, security }: DefinitionContext,
): void {
  const { state } = catalogue;
  if (!security.has('CREATE SCHEMA', { kind: 'database' })) {
    throw behind2759(databaseDenied('CREATE SCHEMA', catalogue.databaseName));
  }
  if (state.schemas.has(foldName(name))) throw behind2759(alreadyAnObject(name));
  const ownerId = owner === undefined ? security.principalId : ownerFor(state, owner, security);
  const ids = [...state.schemas.values()].map(({ schemaId }) => schemaId);
  const last = Math.max(sysId, ...ids.filter((id) => id < fixedRoles.db_owner));
  const schema = { schemaId: last + 1, name, ownerId };
  catalogue.change({ schemas: withEntry(state.schemas, foldName(name), schema) });
}

function behind2759(error: ReturnType<typeof alreadyAnObject>) {
  error.followedBy = [messageOf(schemaNotMade())];
  return error;
}

/** Throws SqlError 15151, 15150, 3729. */
export function dropSchema(
  { name, ifExists }: Extract<Statement, { kind: 'dropSchema' }>,
  { catalogue, security }: DefinitionContext,
): void {
  const { state } = catalogue;
  const schema = state.schemas.get(foldName(name));
  if (!schema && ifExists) return;
  const mayDrop =
    security.has('CONTROL', { kind: 'schema', schema: name }) ||
    security.has('ALTER ANY SCHEMA', { kind: 'database' });
  if (!schema || !mayDrop) throw cannotDropPrincipal('schema', name);
  const { schemaId } = schema;
  if (schemaId <= sysId || schemaId >= fixedRoles.db_owner) {
    throw cannotDropFixedSchema(schema.name);
  }
  for (const object of state.objects.values()) {
    if (sameName(object.schema, name)) throw schemaNotEmpty(schema.name, object.name);
  }
  const permissions = [...state.permissions].filter(
    ([, permission]) => permission.class === 3 && permission.majorId === schemaId,
  );
  catalogue.change({
    schemas: withoutEntry(state.schemas, foldName(name)),
    permissions: withoutEntry(state.permissions, ...permissions.map(([key]) => key)),
  });
}
