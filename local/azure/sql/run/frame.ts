// What a batch, a procedure or a text has while it runs: variables, and whose rights it has.

import { SqlError } from '../../tds/sql-error.ts';
import type { SqlType, SqlValue } from '../../tds/sql-type.ts';
import { undeclaredVariable } from '../compile/bind-error.ts';
import type { DatabaseSecurityContext } from '../security/database-security-context.ts';

export interface Variable {
  readonly type: SqlType;
  value: SqlValue;
}

export interface Frame {
  /** By lower-case name with `@`. */
  readonly variables: Map<string, Variable>;
  readonly types: Map<string, SqlType>;
  security: DatabaseSecurityContext;
  /** What REVERT goes back to. */
  readonly impersonators: DatabaseSecurityContext[];
  /** Owner of the procedure: what belongs to the same owner is not checked again. */
  readonly chainOwnerId?: number;
  readonly procedure?: { readonly name: string; readonly objectId: number };
  /** Procedures and texts inside of each other, from 0. */
  readonly level: number;
  /** TRY blocks of this frame that statements are in. */
  tries: number;
  returnStatus: number;
  /** Inside of CATCH, or called from there. */
  caught?: SqlError;
}

export function createFrame(
  parts: Pick<Frame, 'security' | 'level' | 'chainOwnerId' | 'procedure'>,
): Frame {
  return {
    ...parts,
    impersonators: [],
    tries: 0,
    returnStatus: 0,
    variables: new Map(),
    types: new Map(),
  };
}

/** Throws SqlError 134 for a name that is taken. */
export function declare(frame: Frame, name: string, type: SqlType, value: SqlValue): void {
  const key = name.toLowerCase();
  if (frame.variables.has(key)) {
    throw new SqlError(
      134,
      `The variable name '${name}' has already been declared. Variable names must be unique within a query batch or stored procedure.`,
      15,
      2,
    );
  }
  frame.variables.set(key, { type, value });
  frame.types.set(key, type);
}

/** Throws SqlError 137. */
export function variableOf(frame: Frame, name: string): Variable {
  const variable = frame.variables.get(name.toLowerCase());
  if (variable) return variable;
  throw undeclaredVariable(name);
}
