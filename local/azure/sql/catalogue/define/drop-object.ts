// DROP TABLE, PROCEDURE, VIEW.

import type { ObjectName } from '../../tsql/ast/position.ts';
import type { Statement } from '../../tsql/ast/statement.ts';
import { type StoredObject, withoutEntry } from '../catalogue-state.ts';
import { cannotDrop, stillReferenced, wrongObjectKind } from '../definition-errors.ts';
import { objectKey, quoteIdentifier } from '../names.ts';
import type { DefinitionContext } from './definition-context.ts';
import { referencesTo } from './prepare-references.ts';

type Drop = Extract<Statement, { kind: 'drop' }>;

/** Names are dropped one by one. Throws SqlError 3701, 3705, 3726. */
export function dropObjects(statement: Drop, context: DefinitionContext): void {
  for (const name of statement.names) dropObject(statement, name, context);
}

function dropObject(
  { objectKind, ifExists }: Drop,
  named: ObjectName,
  context: DefinitionContext,
): void {
  const { catalogue, security } = context;
  const { name, schema = security.defaultSchema } = named;
  const written = [named.schema, name].filter(Boolean).join('.');
  const object = catalogue.state.objects.get(objectKey(schema, name));
  if (!object && ifExists) return;
  const mayDrop =
    security.has('CONTROL', { kind: 'object', schema, name }) ||
    security.has('ALTER', { kind: 'schema', schema });
  if (!object || !mayDrop) throw cannotDrop(objectKind, written);
  if (object.kind !== objectKind) throw wrongObjectKind(objectKind, written, object.kind);
  if (object.kind === 'table') assertNotReferenced(object, written, context);
  removeFromSqlite(object, context);
  const { state } = catalogue;
  const permissions = [...state.permissions].filter(
    ([, permission]) => permission.class === 1 && permission.majorId === object.objectId,
  );
  catalogue.change({
    objects: withoutEntry(state.objects, objectKey(schema, name)),
    permissions: withoutEntry(state.permissions, ...permissions.map(([key]) => key)),
  });
}

function assertNotReferenced(
  table: StoredObject,
  written: string,
  context: DefinitionContext,
): void {
  const others = referencesTo(table, context).filter(
    (each) => each.table.objectId !== table.objectId,
  );
  if (others.length > 0) throw stillReferenced(written);
}

function removeFromSqlite(object: StoredObject, { database }: DefinitionContext): void {
  if (object.kind === 'procedure') return;
  const kind = object.kind === 'table' ? 'TABLE' : 'VIEW';
  database.exec(`DROP ${kind} ${quoteIdentifier(object.storageName)}`);
  if (object.kind !== 'table') return;
  for (const { objectId } of object.foreignKeys) dropParentIndex(objectId, database);
}

export function dropParentIndex(
  foreignKeyId: number,
  database: DefinitionContext['database'],
): void {
  database.exec(`DROP INDEX IF EXISTS ${quoteIdentifier(`f${foreignKeyId}`)}`);
}
