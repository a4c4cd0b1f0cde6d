import { app, type InvocationContext, type Timer } from '@azure/functions';
import { AppError } from '../shared/errors.ts';
import { printable } from '../shared/log.ts';
import { runScan } from '../shared/scan/run-scan.ts';
import { processServices, type Services } from '../shared/services.ts';

/** Timer: hands on what was created since the last run. Rethrows, so that the host knows of a failure. */
export async function scanResources(
  _timer: Timer,
  context: InvocationContext,
  services: Services = processServices(),
): Promise<void> {
  try {
    const settings = services.settings.need(
      'SCAN_SCOPES',
      'SCAN_LOOKBACK',
      'SCAN_OVERLAP',
      'SCAN_FEED',
      'SCAN_RECONCILE',
      'SCAN_SCHEDULE',
      'SCAN_STATE_CONTAINER_URL',
      'IDENTITY_KIND',
    );
    const report = await runScan({
      scopes: settings.SCAN_SCOPES,
      lookbackMs: settings.SCAN_LOOKBACK,
      overlapMs: settings.SCAN_OVERLAP,
      resourceManager: services.resourceManager,
      ...(settings.SCAN_FEED === 'resourceGraph' && {
        feed: { resourceGraph: services.resourceGraph, reconcileMs: settings.SCAN_RECONCILE },
      }),
      blobs: services.scanBlobs,
      publish: async (findings) => {
        for (const { type, name, createdTime } of findings) {
          context.info(`New resource: ${printable(`${type} ${name}`)}, created ${createdTime}`);
        }
      },
      log: context,
    });
    context.info(
      `Scan ${report.outcome}: ${report.newFindingCount} new, ${report.resourcesSeen} seen (pages: ${report.pages}).`,
    );
  } catch (error) {
    if (error instanceof AppError) {
      context.error(
        printable(`${error.code} (${error.target}): ${error.message} ${error.nextStep}`),
      );
    }
    throw error;
  }
}

app.timer('scanResources', { schedule: '%SCAN_SCHEDULE%', handler: scanResources });
