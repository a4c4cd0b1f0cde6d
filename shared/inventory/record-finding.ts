import type { Blobs } from '../blobs.ts';
import type { Finding } from '../scan/finding.ts';

/** Writes a finding once, by its event id; returns whether it was new. Throws AppError. */
export async function recordFinding(
  finding: Finding,
  findings: Pick<Blobs, 'write'>,
): Promise<boolean> {
  const etag = await findings.write(`${finding.eventId}.json`, JSON.stringify(finding), undefined);
  return etag !== undefined;
}
