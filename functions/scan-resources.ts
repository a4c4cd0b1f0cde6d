import { app, type InvocationContext, type Timer } from '@azure/functions';
import { AppError } from '../shared/errors.ts';
import { runScan } from '../shared/scan/run-scan.ts';
import { processServices, type Services } from '../shared/services.ts';

/** Timer: hands on what was created since the last run. Rethrows, so that the host knows of a failure. */
export async function scanResources(
  _timer: Timer,
  context: InvocationContext,
  services: Services = processServices(),
): Promise<void> {
  try {
    const { SCAN_SCOPES, SCAN_LOOKBACK, SCAN_OVERLAP } = services.settings.need(
      'SCAN_SCOPES',
      'SCAN_LOOKBACK',
      'SCAN_OVERLAP',
      'SCAN_SCHEDULE',
      'SCAN_STATE_CONTAINER_URL',
      'IDENTITY_KIND',
    );
    const report = await runScan({
      scopes: SCAN_SCOPES,
      lookbackMs: SCAN_LOOKBACK,
      overlapMs: SCAN_OVERLAP,
      resourceManager: services.resourceManager,
      blobs: services.scanBlobs,
      publish: async (findings) => {
        for (const { type, name, createdTime } of findings) {
          context.info(`New resource: ${printable(`${type} ${name}`)}, created ${createdTime}`);
        }
      },
      log: context,
    });
    context.info(
      `Scan ${report.outcome}: ${report.newFindingCount} new, ${report.resourcesSeen} listed (pages: ${report.pages}).`,
    );
  } catch (error) {
    if (error instanceof AppError) {
      context.error(`${error.code} (${error.target}): ${error.message} ${error.nextStep}`);
    }
    throw error;
  }
}

/** Names are others' input: no line of the log begins with one. */
function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?').slice(0, 300);
}

app.timer('scanResources', { schedule: '%SCAN_SCHEDULE%', handler: scanResources });
