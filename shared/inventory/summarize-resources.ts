import type { Database } from '../database/database.ts';
import { intType } from '../database/parameters.ts';
import { operations } from '../operations.ts';

/** How many resources of a type were created on a day (UTC). */
interface CountRow {
  readonly Type: string;
  readonly CreatedOn: Date;
  readonly ResourceCount: number;
}

export interface ResourceSummary {
  readonly total: number;
  readonly counts: readonly {
    readonly type: string;
    readonly day: string;
    readonly count: number;
  }[];
}

/** The whole inventory, counted. Throws AppError. */
export async function summarizeResources(
  database: Pick<Database, 'execute' | 'scope'>,
): Promise<ResourceSummary> {
  const { rows, output } = await database.execute<CountRow>({
    operation: operations.summarizeInventory(database.scope),
    procedure: 'inventory.SummarizeResources',
    outputs: { total: intType },
  });
  return {
    total: Number(output.total ?? 0),
    counts: rows.map(({ Type, CreatedOn, ResourceCount }) => ({
      type: Type,
      day: CreatedOn.toISOString().slice(0, 10),
      count: ResourceCount,
    })),
  };
}
