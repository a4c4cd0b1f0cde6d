import type { AppError } from '../errors.ts';
import { type Operation, operations } from '../operations.ts';
import {
  type DatabaseFacts,
  objectMissing,
  rightMissing,
} from '../refusals/refused-by-database.ts';
import type { Database } from './database.ts';

interface RightsRow {
  readonly UserName: string;
  readonly IsReader: number | null;
  readonly CanRead: number | null;
  readonly CanRecord: number | null;
  readonly CanSummarize: number | null;
}

/** NULL: the object is not there, or hidden. https://learn.microsoft.com/sql/t-sql/functions/has-perms-by-name-transact-sql */
const RIGHTS = `SELECT USER_NAME() AS UserName, IS_ROLEMEMBER('db_datareader') AS IsReader,
HAS_PERMS_BY_NAME('inventory.Resource', 'OBJECT', 'SELECT') AS CanRead,
HAS_PERMS_BY_NAME('inventory.RecordResource', 'OBJECT', 'EXECUTE') AS CanRecord,
HAS_PERMS_BY_NAME('inventory.SummarizeResources', 'OBJECT', 'EXECUTE') AS CanSummarize;`;

/**
 * Logs in, and asks the database whether the app has all the rights that it uses there. Returns what it may; throws
 * AppError about the first that is missing.
 */
export async function probeDatabase(
  database: Pick<Database, 'query' | 'scope'>,
  factsOn: (operation: Operation) => DatabaseFacts,
): Promise<Operation> {
  const connect = operations.connectToDatabase(database.scope);
  const [rights] = await database.query<RightsRow>(RIGHTS, { operation: connect });
  // Without the role the table is hidden, and whether it is there cannot be told.
  const canRead = rights?.IsReader === 0 ? (rights.CanRead ?? 0) : rights?.CanRead;
  const needed = [
    [canRead, operations.readInventory(database.scope)],
    [rights?.CanRecord, operations.recordInInventory(database.scope)],
    [rights?.CanSummarize, operations.summarizeInventory(database.scope)],
  ] as const;
  for (const [answer, operation] of needed) {
    if (answer !== 1) throw missing(answer, factsOn(operation));
  }
  const role = rights?.IsReader === 1 ? ', a member of db_datareader' : '';
  const purposes = needed.map(([, { purpose }]) => purpose).join(', ');
  return { ...connect, purpose: `${connect.purpose} as ${rights?.UserName}${role}; ${purposes}` };
}

function missing(answer: number | null | undefined, facts: DatabaseFacts): AppError {
  return answer === 0 ? rightMissing(facts) : objectMissing(facts);
}
