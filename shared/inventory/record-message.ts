import { type Log, printable } from '../log.ts';
import type { Finding } from '../scan/finding.ts';
import type { Services } from '../services.ts';
import { OtherEvent, parseResourceEvent, Unrecordable } from './parse-resource-event.ts';
import { recordFinding } from './record-finding.ts';
import { reject } from './reject.ts';

/**
 * Records the finding in a message, or sends a message that can never be recorded to the queue of the rejected.
 * Events of other types are passed over.
 * `body`: as the Functions host gives it, parsed if it is JSON. Throws AppError: then it may succeed another time.
 */
export async function recordMessage(body: unknown, services: Services, log: Log): Promise<void> {
  const { SCAN_SCOPES, SERVICE_BUS_REJECTED_QUEUE } = services.settings.need(
    'SCAN_SCOPES',
    'SQL_SERVER',
    'SQL_DATABASE',
    'SQL_POOL_SIZE',
    'SERVICE_BUS_NAMESPACE',
    'SERVICE_BUS_REJECTED_QUEUE',
    'IDENTITY_KIND',
  );
  let finding: Finding;
  try {
    finding = parseResourceEvent(body, SCAN_SCOPES, new Date());
  } catch (error) {
    if (error instanceof OtherEvent) return log.info(printable(`Passed over: ${error.message}`));
    if (!(error instanceof Unrecordable)) throw error;
    await reject(body, error, services.serviceBus, SERVICE_BUS_REJECTED_QUEUE);
    log.warn(printable(`Rejected (${error.reason}): ${error.message}`));
    return;
  }
  const isNew = await recordFinding(finding, services.database);
  log.info(printable(`${isNew ? 'Recorded' : 'Known'}: ${finding.type} ${finding.name}`));
}
