import type { Blobs } from '../blobs.ts';
import { AppError } from '../errors.ts';
import { REPORT_BLOB } from './scan-report.ts';

/** The last run's report, as it was written. Throws NOT_FOUND before the first run. */
export async function readReport(blobs: Pick<Blobs, 'read'>): Promise<unknown> {
  const { text } = await blobs.read(REPORT_BLOB);
  if (text === undefined) {
    throw new AppError({
      code: 'NOT_FOUND',
      target: 'blobs',
      message: 'No scan has run yet.',
      nextStep: 'Wait for SCAN_SCHEDULE, or run it: POST /admin/functions/scanResources.',
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError({
      code: 'CONFIG_INVALID',
      target: 'blobs',
      message: `The blob ${REPORT_BLOB} is not JSON.`,
      nextStep: 'The next scan writes it anew.',
      cause,
    });
  }
}
