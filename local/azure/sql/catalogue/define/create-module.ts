// CREATE, ALTER and CREATE OR ALTER of procedures and views.
import { randomUUID } from 'node:crypto';
import { databaseDenied } from '../../security/permission-errors.ts';
import type { CreateModule } from '../../tsql/ast/definition.ts';
import { type StoredObject, withEntry } from '../catalogue-state.ts';
import { alreadyAnObject, mayNotChange, noSuchObject } from '../definition-errors.ts';
import { objectKey, quoteIdentifier } from '../names.ts';
import { assertNameFree, nextObjectId } from './constraint-names.ts';
import type { DefinitionContext } from './definition-context.ts';
import { schemaFor } from './find-schema.ts';
import { lastId } from './table-draft.ts';

/** Throws SqlError 262, 2760, 2714, 208, 3704. */
export function createModule(statement: CreateModule, context: DefinitionContext): void {
  const { catalogue, security } = context;
  const kind = statement.kind === 'createView' ? 'view' : 'procedure';
  const named = statement.name;
  const existing = catalogue.state.objects.get(
    objectKey(named.schema ?? security.defaultSchema, named.name),
  );
  if (statement.mode !== 'create' && existing) {
    if (existing.kind !== kind) throw noSuchObject(named.name);
    alter(statement, existing, context);
    return;
  }
  if (statement.mode === 'alter') {
    throw noSuchObject([named.schema, named.name].filter(Boolean).join('.'));
  }
  const permission = kind === 'view' ? 'CREATE VIEW' : 'CREATE PROCEDURE';
  if (!security.has(permission, { kind: 'database' })) {
    throw databaseDenied(permission, catalogue.databaseName);
  }
  const schema = schemaFor(named.schema, context).name;
  if (existing) throw alreadyAnObject(named.name);
  assertNameFree(catalogue.state, schema, named.name);
  const objectId = nextObjectId(catalogue.state.counters.get(lastId));
  const times = { createdAt: catalogue.now, modifiedAt: catalogue.now };
  keep({ objectId, schema, name: named.name, ...times }, statement, context);
}

function alter(statement: CreateModule, existing: StoredObject, context: DefinitionContext): void {
  const { schema, name, objectId, createdAt } = existing;
  if (!context.security.has('ALTER', { kind: 'object', schema, name })) {
    throw mayNotChange(existing.kind, name);
  }
  if (existing.kind === 'view') {
    context.database.exec(`DROP VIEW ${quoteIdentifier(existing.storageName)}`);
  }
  const modifiedAt = context.catalogue.now;
  keep({ objectId, schema, name, createdAt, modifiedAt }, statement, context);
}

type Named = Pick<StoredObject, 'objectId' | 'schema' | 'name' | 'createdAt' | 'modifiedAt'>;

function keep(named: Named, statement: CreateModule, context: DefinitionContext): void {
  const object = statement.kind === 'createView' ? view : procedure;
  const { state } = context.catalogue;
  const last = state.counters.get(lastId);
  const counters =
    findsObject(context, named.objectId) || last === named.objectId
      ? state.counters
      : withEntry(state.counters, lastId, named.objectId);
  const made = object(named, statement, context);
  context.catalogue.change({
    objects: withEntry(state.objects, objectKey(named.schema, named.name), made),
    counters,
  });
}

function findsObject({ catalogue }: DefinitionContext, objectId: number): boolean {
  return [...catalogue.state.objects.values()].some((each) => each.objectId === objectId);
}

function procedure(
  named: Named,
  statement: CreateModule,
  { security }: DefinitionContext,
): StoredObject {
  if (statement.kind !== 'createProcedure') throw new TypeError('Not a procedure.');
  return {
    ...named,
    kind: 'procedure',
    text: statement.text,
    parameters: statement.parameters.map(({ name, type, isOutput, default: value }) => ({
      name,
      type,
      isOutput,
      hasDefault: value !== undefined,
    })),
    executeAs: statement.executeAs ?? 'caller',
    createdBy: security.principalId,
  };
}

function view(
  named: Named,
  statement: CreateModule,
  { database, rules }: DefinitionContext,
): StoredObject {
  if (statement.kind !== 'createView') throw new TypeError('Not a view.');
  const { sql, columns } = rules.compileView(statement);
  const storageName = `v${named.objectId}_${randomUUID()}`;
  database.exec(`CREATE VIEW ${quoteIdentifier(storageName)} AS ${sql}`);
  return { ...named, kind: 'view', text: statement.text, storageName, sql, columns };
}
