// What SQL Server says where a name means nothing.
import { SqlError } from '../../tds/sql-error.ts';
import type { ObjectName, Position } from '../tsql/ast/position.ts';

export function at(error: SqlError, { line }: Pick<Position, 'line'>): SqlError {
  error.line ??= line;
  return error;
}

export const invalidColumn = (name: string, position: Position): SqlError =>
  at(new SqlError(207, `Invalid column name '${name}'.`), position);

export const ambiguousColumn = (name: string, position: Position): SqlError =>
  at(new SqlError(209, `Ambiguous column name '${name}'.`), position);

export const notBound = (name: string, position: Position): SqlError =>
  at(new SqlError(4104, `The multi-part identifier "${name}" could not be bound.`), position);

export const invalidObject = (name: ObjectName): SqlError =>
  at(new SqlError(208, `Invalid object name '${shown(name)}'.`), name);

export const otherDatabase = (name: Pick<ObjectName, 'database' | 'schema' | 'name'>): SqlError =>
  new SqlError(
    40515,
    `Reference to database and/or server name in '${name.database}.${name.schema ?? ''}.${name.name}' is not supported in this version of SQL Server.`,
  );

export const undeclaredVariable = (name: string): SqlError =>
  new SqlError(137, `Must declare the scalar variable "${name}".`, 15, 2);

export const undeclared = (name: string, position: Position): SqlError =>
  at(undeclaredVariable(name), position);

export const notGrouped = (name: string, place: string, position: Position): SqlError =>
  at(
    new SqlError(
      8120,
      `Column '${name}' is invalid in the ${place} because it is not contained in either an aggregate function or the GROUP BY clause.`,
    ),
    position,
  );

export const duplicateAlias = (name: string, position: Position): SqlError =>
  at(
    new SqlError(
      1013,
      `The objects "${name}" and "${name}" in the FROM clause have the same exposed names. Use correlation names to distinguish them.`,
    ),
    position,
  );

export const shown = ({ schema, name }: ObjectName): string =>
  schema ? `${schema}.${name}` : name;
