import type { LocalAzure } from './azure/start-azure.ts';
import type { RunningApp } from './run-app.ts';

const SCAN_FUNCTION = 'scanResources';

/**
 * Runs the timer function once through the host's admin API, as the portal's "Run" button does,
 * and tells what it found, read through the app's own HTTP function.
 */
export async function firstScan(azure: LocalAzure, app: RunningApp): Promise<string> {
  const since = azure.journal.position;
  const started = await fetch(`${app.baseUrl}/admin/functions/${SCAN_FUNCTION}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (started.status !== 202) return `The first scan could not be started: ${started.status}.`;
  await azure.journal.waitFor(
    'the report of the first scan',
    (entry) =>
      entry.kind === 'request' &&
      entry.door === 'blob' &&
      entry.method === 'PUT' &&
      /scan-report\.json/.test(entry.target),
    { since, timeoutMs: 30_000 },
  );
  const response = await fetch(`${app.baseUrl}/api/scans/latest`);
  const report = (await response.json()) as {
    outcome: string;
    newFindingCount: number;
    error?: { message: string; nextStep: string };
  };
  return report.error
    ? `First scan: ${report.error.message} ${report.error.nextStep}`
    : `First scan: ${report.outcome}, ${report.newFindingCount} new resources`;
}
