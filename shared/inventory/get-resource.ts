import type { Database } from '../database/database.ts';
import { uniqueidentifier } from '../database/parameters.ts';
import { AppError } from '../errors.ts';
import { operations } from '../operations.ts';
import { COLUMNS, type Resource, type ResourceRow, toResource } from './resource.ts';

/** `eventId`: a GUID. Throws AppError. */
export async function getResource(
  eventId: string,
  database: Pick<Database, 'query' | 'scope'>,
): Promise<Resource> {
  const [row] = await database.query<ResourceRow>(
    `SELECT ${COLUMNS} FROM inventory.Resource WHERE EventId = @eventId;`,
    {
      operation: operations.readInventory(database.scope),
      inputs: { eventId: uniqueidentifier(eventId) },
    },
  );
  if (row) return toResource(row);
  throw new AppError({
    code: 'NOT_FOUND',
    target: 'database',
    message: 'The inventory has no resource with this event id.',
    nextStep: 'See GET /api/resources for those that it has.',
  });
}
