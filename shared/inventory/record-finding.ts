import type { Database } from '../database/database.ts';
import { datetime2, nvarchar, nvarcharType, uniqueidentifier } from '../database/parameters.ts';
import { operations } from '../operations.ts';
import type { Finding } from '../scan/finding.ts';

/** While a database wakes or fails over a message does better to wait than to come again: it may come ten times. */
const RETRY_FOR_MS = 15_000;

/**
 * Records a finding once, by its event id, which is made of the resource id and createdTime; returns whether it was new.
 * Throws AppError.
 */
export async function recordFinding(
  finding: Finding,
  database: Pick<Database, 'execute' | 'scope'>,
): Promise<boolean> {
  const { eventId, id, type, name, location, createdTime } = finding;
  const [, subscriptionId = '', resourceGroup = null] = PLACE.exec(id) ?? [];
  const { output } = await database.execute({
    operation: operations.recordInInventory(database.scope),
    procedure: 'inventory.RecordResource',
    inputs: {
      eventId: uniqueidentifier(eventId),
      resourceId: nvarchar(1024, id),
      type: nvarchar(256, type),
      name: nvarchar(260, name),
      resourceGroup: nvarchar(90, resourceGroup),
      subscriptionId: uniqueidentifier(subscriptionId),
      location: nvarchar(64, location ?? null),
      createdAt: datetime2(new Date(createdTime)),
    },
    outputs: { outcome: nvarcharType(16) },
    retryForMs: RETRY_FOR_MS,
    countsAsDone: DUPLICATES,
  });
  return output.outcome === 'Recorded';
}

const PLACE = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?/i;

/** Someone else has recorded it in the same moment: violation of a primary key, of a unique index. */
const DUPLICATES = [2627, 2601];
