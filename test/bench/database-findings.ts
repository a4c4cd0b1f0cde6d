import { publishFindings } from '../../shared/publish/publish-findings.ts';
import { eventIdOf, type Finding } from '../../shared/scan/finding.ts';
import type { DatabaseProcess } from './database-process.ts';

const AT_ONCE = 500;
const quiet = { info() {}, warn() {}, error() {} };

/** Puts findings on the topic, each of another resource, as a scan does. */
export async function resourcesToRecord(azure: DatabaseProcess, count: number): Promise<void> {
  const services = azure.createServices();
  const { SERVICE_BUS_TOPIC = '', SCAN_SCOPES = '' } = azure.settings;
  const channel = {
    name: 'servicebus' as const,
    prepare: (messages: Parameters<typeof services.serviceBus.prepare>[1]) =>
      services.serviceBus.prepare(SERVICE_BUS_TOPIC, messages),
  };
  try {
    const [scope = ''] = SCAN_SCOPES.split(',');
    for (let sent = 0; sent < count; sent += AT_ONCE) {
      await publishFindings(
        Array.from({ length: AT_ONCE }, () => findingIn(scope)),
        [channel],
        quiet,
      );
    }
  } finally {
    await services.close();
  }
}

function findingIn(scope: string): Finding {
  const name = `disk-${crypto.randomUUID()}`;
  const type = 'Microsoft.Compute/disks';
  const id = `${scope}/providers/${type}/${name}`;
  const createdTime = new Date().toISOString();
  return {
    eventId: eventIdOf(id, createdTime),
    id,
    type,
    name,
    location: 'westeurope',
    createdTime,
  };
}
