import type { DatabaseSync } from 'node:sqlite';
import { SqlError, type SqlMessage } from '../../../tds/sql-error.ts';
import type { DatabaseSecurityContext } from '../../security/database-security-context.ts';
import type { StoredTable } from '../catalogue-state.ts';
import { constraintNotMade } from '../definition-errors.ts';
import { objectKey } from '../names.ts';
import type { SessionCatalogue } from '../session-catalogue.ts';
import type { StorageRules } from '../storage-rules.ts';

/** What a definition may touch. The session holds the write lock and is in a transaction, at a savepoint. */
export interface DefinitionContext {
  readonly catalogue: SessionCatalogue;
  readonly database: DatabaseSync;
  readonly security: DatabaseSecurityContext;
  readonly rules: StorageRules;
}

export function findTable(
  { catalogue }: Pick<DefinitionContext, 'catalogue'>,
  schema: string,
  name: string,
): StoredTable | undefined {
  const object = catalogue.state.objects.get(objectKey(schema, name));
  return object?.kind === 'table' ? object : undefined;
}

/** SQL Server says 1750 behind what was wrong with a constraint. */
export function followedBy1750(error: SqlError): SqlError {
  error.followedBy = [messageOf(constraintNotMade())];
  return error;
}

export function messageOf({ number, state, class: severity, message }: SqlMessage): SqlMessage {
  return { number, state, class: severity, message };
}

/** Runs `make` with 1750 behind every SqlError out of it. */
export function makingConstraint<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof SqlError ? followedBy1750(error) : error;
  }
}
