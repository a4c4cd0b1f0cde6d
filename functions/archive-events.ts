import { app, type InvocationContext, trigger } from '@azure/functions';
import { readBatch } from '../shared/archive/read-batch.ts';
import { within } from '../shared/deadline.ts';
import { processServices, type Services } from '../shared/services.ts';
import { reportFailure } from './report-failure.ts';

const BUDGET_MS = 30_000;

/** Event Hubs trigger: appends a batch of one partition to the archive, each event once. */
export async function archiveEvents(
  bodies: unknown,
  context: InvocationContext,
  services: Services = processServices(),
): Promise<void> {
  await reportFailure(context, async () => {
    const batch = readBatch(bodies, context.triggerMetadata);
    const appended = await within(BUDGET_MS, 'app', () => services.archive.append(batch));
    context.info(
      `Archived ${appended} of ${batch.events.length} events of partition ${batch.partitionId}.`,
    );
  });
}

// Where messaging is off the host would find no name of a hub, and call the function broken.
if (processServices().settings.isMessagingOn) {
  app.generic('archiveEvents', {
    trigger: trigger.generic({
      type: 'eventHubTrigger',
      connection: 'EventHubsConnection',
      eventHubName: '%EVENT_HUB%',
      consumerGroup: '%EVENT_HUBS_CONSUMER_GROUP%',
      cardinality: 'many',
      // The body of an event may be anything, and may be empty.
      dataType: 'binary',
    }),
    // Azure: the checkpoint moves whether the function succeeded or not. It waits for the end of the retries only, so
    // they have none, and the partition waits until the archive can be written again.
    retry: { strategy: 'fixedDelay', delayInterval: 2_000, maxRetryCount: -1 },
    handler: archiveEvents,
  });
}
