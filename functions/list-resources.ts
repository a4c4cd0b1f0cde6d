import { app } from '@azure/functions';
import { assertKnownQuery } from '../shared/input.ts';
import { listParameters, readListQuery } from '../shared/inventory/list-query.ts';
import { listResources as listAll } from '../shared/inventory/list-resources.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** GET /api/resources[?type=…][&createdAfter=…][&top=…][&continuation=…]: what was recorded, newest first. */
export const listResources: Answer = async ({ query, url }, services) => {
  assertKnownQuery(url, listParameters);
  return listAll(readListQuery(query), services.database);
};

app.http('listResources', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'resources',
  handler: httpHandler(listResources),
});
