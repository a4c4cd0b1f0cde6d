// The functions that compiled statements call, on one connection of SQLite.
import type { DatabaseSync } from 'node:sqlite';
import type { CallContext } from './call-context.ts';
import { registerAggregates } from './functions/aggregates.ts';
import { arithmeticFunctions } from './functions/arithmetic.ts';
import { conversionFunctions } from './functions/conversions.ts';
import { dateFunctions } from './functions/dates.ts';
import { mathFunctions } from './functions/math.ts';
import { metadataFunctions } from './functions/metadata.ts';
import { sessionFunctions } from './functions/session.ts';
import type { SqliteFunction } from './functions/sqlite-function.ts';
import { stringFunctions } from './functions/strings.ts';

/** `context` is asked when a function runs, so that it may be filled later. */
export function registerFunctions(database: DatabaseSync, context: CallContext): void {
  const pure = {
    ...arithmeticFunctions,
    ...conversionFunctions,
    ...dateFunctions,
    ...mathFunctions,
    ...stringFunctions,
  };
  for (const [name, run] of Object.entries(pure)) register(database, name, run, true);
  for (const [name, run] of Object.entries({
    ...sessionFunctions(context),
    ...metadataFunctions(context),
  })) {
    register(database, name, run, false);
  }
  registerAggregates(database);
}

function register(
  database: DatabaseSync,
  name: string,
  run: SqliteFunction,
  deterministic: boolean,
): void {
  database.function(name, { deterministic, varargs: true, useBigIntArguments: true }, run);
}
