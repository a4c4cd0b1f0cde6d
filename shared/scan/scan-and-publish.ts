import { type Log, printable } from '../log.ts';
import { channelsFor } from '../publish/channels.ts';
import { publishFindings } from '../publish/publish-findings.ts';
import type { Services } from '../services.ts';
import type { Publish } from './hand-on.ts';
import { runScan } from './run-scan.ts';

/**
 * One run of the scan as the settings say, and its report into the log. Findings go to the hub and the topic; where
 * messaging is off they are only told of. Throws AppError.
 */
export async function scanAndPublish(services: Services, log: Log): Promise<void> {
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
    publish: publishBy(services, log),
    log,
  });
  log.info(
    `Scan ${report.outcome}: ${report.newFindingCount} new, ${report.resourcesSeen} seen (pages: ${report.pages}).`,
  );
}

function publishBy(services: Services, log: Log): Publish {
  const channels = services.settings.isMessagingOn ? channelsFor('both', services) : [];
  return async (findings) => {
    await publishFindings(findings, channels, log);
    for (const { type, name, createdTime } of findings) {
      log.info(`New resource: ${printable(`${type} ${name}`)}, created ${createdTime}`);
    }
  };
}
