import { app, type InvocationContext } from '@azure/functions';
import { within } from '../shared/deadline.ts';
import { recordMessage } from '../shared/inventory/record-message.ts';
import { processServices, type Services } from '../shared/services.ts';
import { reportFailure } from './report-failure.ts';

const BUDGET_MS = 20_000;

/** Topic trigger: records a finding once. To return completes the message, to throw gives it back. */
export async function recordResource(
  message: unknown,
  context: InvocationContext,
  services: Services = processServices(),
): Promise<void> {
  await reportFailure(context, () =>
    within(BUDGET_MS, 'app', () => recordMessage(message, services, context)),
  );
}

// Where messaging is off the host would find no name of a topic, and call the function broken; without a database
// messages would come in vain, ten times each.
const { isMessagingOn, isDatabaseOn } = processServices().settings;
if (isMessagingOn && isDatabaseOn) {
  app.serviceBusTopic('recordResource', {
    connection: 'ServiceBusConnection',
    topicName: '%SERVICE_BUS_TOPIC%',
    subscriptionName: '%SERVICE_BUS_SUBSCRIPTION%',
    handler: recordResource,
  });
}
