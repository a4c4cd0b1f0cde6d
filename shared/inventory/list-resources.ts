import type { Database } from '../database/database.ts';
import { dateOfTicks, ticksOf } from '../database/datetime2.ts';
import { datetime2, type Inputs, int, nvarchar, uniqueidentifier } from '../database/parameters.ts';
import { operations } from '../operations.ts';
import { writeContinuation } from './continuation.ts';
import type { ListQuery } from './list-query.ts';
import { COLUMNS, type Resource, type ResourceRow, toResource } from './resource.ts';

export interface ResourcePage {
  readonly resources: readonly Resource[];
  /** For the next page; absent on the last. */
  readonly continuation?: string;
}

/** A page of the inventory, newest first. Rows that are added meanwhile move none of the others. Throws AppError. */
export async function listResources(
  query: ListQuery,
  database: Pick<Database, 'query' | 'scope'>,
): Promise<ResourcePage> {
  const { text, inputs } = statementOf(query);
  const operation = operations.readInventory(database.scope);
  const rows = await database.query<ResourceRow>(text, { operation, inputs });
  const page = rows.slice(0, query.top);
  const last = rows.length > query.top ? page.at(-1) : undefined;
  return {
    resources: page.map(toResource),
    ...(last && { continuation: continuationAfter(last, query.filter) }),
  };
}

/** One row more than asked for shows whether there is another page. The text is put together of these pieces only. */
function statementOf({ type, createdAfterTicks, top, after }: ListQuery) {
  const conditions: string[] = [];
  const inputs: Record<string, Inputs[string]> = { top: int(top + 1) };
  if (type !== undefined) {
    conditions.push('Type = @type');
    inputs.type = nvarchar(256, type);
  }
  if (createdAfterTicks !== undefined) {
    conditions.push('CreatedAt > @createdAfter');
    inputs.createdAfter = datetime2(dateOfTicks(createdAfterTicks));
  }
  if (after) {
    conditions.push('(CreatedAt < @lastAt OR (CreatedAt = @lastAt AND EventId > @lastId))');
    inputs.lastAt = datetime2(dateOfTicks(after.createdAtTicks));
    inputs.lastId = uniqueidentifier(after.eventId);
  }
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const text = `SELECT TOP (@top) ${COLUMNS} FROM inventory.Resource${where} ORDER BY CreatedAt DESC, EventId;`;
  return { text, inputs };
}

function continuationAfter({ CreatedAt, EventId }: ResourceRow, filter: string): string {
  return writeContinuation({ createdAtTicks: ticksOf(CreatedAt), eventId: EventId }, filter);
}
