import { app, type InvocationContext } from '@azure/functions';
import { scanAndPublish } from '../shared/scan/scan-and-publish.ts';
import { processServices, type Services } from '../shared/services.ts';
import { reportFailure } from './report-failure.ts';

/** Queue trigger: the scan, now. What the message says changes nothing: it has no say in where the app looks. */
export async function scanOnRequest(
  _message: unknown,
  context: InvocationContext,
  services: Services = processServices(),
): Promise<void> {
  await reportFailure(context, () => scanAndPublish(services, context));
}

// Where messaging is off the host would find no name of a queue, and call the function broken.
if (processServices().settings.isMessagingOn) {
  app.serviceBusQueue('scanOnRequest', {
    connection: 'ServiceBusConnection',
    queueName: '%SERVICE_BUS_REQUEST_QUEUE%',
    handler: scanOnRequest,
  });
}
