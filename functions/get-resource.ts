import { app } from '@azure/functions';
import { assertKnownQuery, readGuid } from '../shared/input.ts';
import { getResource as getOne } from '../shared/inventory/get-resource.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** GET /api/resources/{eventId}: one recorded resource. */
export const getResource: Answer = async ({ params, url }, services) => {
  assertKnownQuery(url, []);
  // The route's constraint takes a GUID in any of .NET's forms: with braces, without dashes.
  return getOne(readGuid('eventId', params.eventId), services.database);
};

app.http('getResource', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'resources/{eventId:guid}',
  handler: httpHandler(getResource),
});
