import { app } from '@azure/functions';
import { assertKnownQuery, inputInvalid } from '../shared/input.ts';
import { postScanRequest } from '../shared/scan/post-scan-request.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** POST /api/scans, without a body: a message in the queue, and the scan runs when its turn comes. */
export const requestScan: Answer = async ({ url, headers }, services) => {
  assertKnownQuery(url, []);
  if (Number(headers.get('content-length') ?? 0) > 0) {
    throw inputInvalid('The body', 'must be empty');
  }
  return postScanRequest(services);
};

app.http('requestScan', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'scans',
  handler: httpHandler(requestScan, { status: 202 }),
});
