import { app } from '@azure/functions';
import { assertKnownQuery } from '../shared/input.ts';
import { readReport } from '../shared/scan/read-report.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** GET /api/scans/latest: the last run's report. */
export const getScan: Answer = async ({ url }, services) => {
  assertKnownQuery(url, []);
  return readReport(services.scanBlobs);
};

app.http('getScan', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'scans/latest',
  handler: httpHandler(getScan),
});
