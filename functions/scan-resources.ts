import { app, type InvocationContext, type Timer } from '@azure/functions';
import { scanAndPublish } from '../shared/scan/scan-and-publish.ts';
import { processServices, type Services } from '../shared/services.ts';
import { reportFailure } from './report-failure.ts';

/** Timer: hands on what was created since the last run. */
export async function scanResources(
  _timer: Timer,
  context: InvocationContext,
  services: Services = processServices(),
): Promise<void> {
  await reportFailure(context, () => scanAndPublish(services, context));
}

app.timer('scanResources', { schedule: '%SCAN_SCHEDULE%', handler: scanResources });
