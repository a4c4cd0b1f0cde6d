import { app } from '@azure/functions';
import { assertKnownQuery } from '../shared/input.ts';
import { summarizeResources as summarizeAll } from '../shared/inventory/summarize-resources.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** GET /api/resource-summary: how many resources of each type were created on each day. */
export const summarizeResources: Answer = async ({ url }, services) => {
  assertKnownQuery(url, []);
  return summarizeAll(services.database);
};

app.http('summarizeResources', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'resource-summary',
  handler: httpHandler(summarizeResources),
});
