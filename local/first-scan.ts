import type { RunningApp } from './run-app.ts';

const SCAN_FUNCTION = 'scanResources';
const LIMIT_MS = 30_000;

/**
 * Runs the timer function once through the host's admin API, as the portal's "Run" button does, and tells in one
 * sentence what it found, read through the app's own HTTP function, or why nothing.
 */
export async function firstScan(app: RunningApp): Promise<string> {
  const ended = app.waitForLine(
    new RegExp(`Executed 'Functions\\.${SCAN_FUNCTION}' \\(`),
    LIMIT_MS,
  );
  const started = await fetch(`${app.baseUrl}/admin/functions/${SCAN_FUNCTION}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (started.status !== 202) return `First scan: the host answered ${started.status}.`;
  if (!(await ended)) return `First scan: not over after ${LIMIT_MS / 1000} s.`;
  const response = await fetch(`${app.baseUrl}/api/scans/latest`);
  const answer = (await response.json()) as Report | Problem;
  if ('nextStep' in answer) return `First scan: failed. ${answer.message} ${answer.nextStep}`;
  const failure = answer.error ?? answer.scopes.find(({ error }) => error)?.error;
  return failure
    ? `First scan: ${answer.outcome}. ${failure.message} ${failure.nextStep}`
    : `First scan: ${answer.outcome}, ${answer.newFindingCount} new resources`;
}

interface Problem {
  readonly message: string;
  readonly nextStep: string;
}

interface Report {
  readonly outcome: string;
  readonly newFindingCount: number;
  readonly scopes: readonly { readonly error?: Problem }[];
  readonly error?: Problem;
}
