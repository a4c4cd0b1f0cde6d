import { textOfTicks, ticksOf } from '../database/datetime2.ts';

/** A row of inventory.Resource. */
export interface ResourceRow {
  readonly EventId: string;
  readonly ResourceId: string;
  readonly Type: string;
  readonly Name: string;
  readonly ResourceGroup: string | null;
  readonly SubscriptionId: string;
  readonly Location: string | null;
  readonly CreatedAt: Date;
}

export const COLUMNS =
  'EventId, ResourceId, Type, Name, ResourceGroup, SubscriptionId, Location, CreatedAt';

/** A recorded resource, as the app answers it. */
export interface Resource {
  readonly eventId: string;
  readonly resourceId: string;
  readonly type: string;
  readonly name: string;
  readonly resourceGroup: string | null;
  readonly subscriptionId: string;
  readonly location: string | null;
  /** ISO 8601 in UTC, ARM's clock. */
  readonly createdAt: string;
}

export function toResource(row: ResourceRow): Resource {
  return {
    eventId: row.EventId.toLowerCase(),
    resourceId: row.ResourceId,
    type: row.Type,
    name: row.Name,
    resourceGroup: row.ResourceGroup,
    subscriptionId: row.SubscriptionId.toLowerCase(),
    location: row.Location,
    createdAt: textOfTicks(ticksOf(row.CreatedAt)),
  };
}
