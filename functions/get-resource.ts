import { app } from '@azure/functions';
import { assertKnownQuery, inputInvalid } from '../shared/input.ts';
import { getResource as getOne } from '../shared/inventory/get-resource.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** GET /api/resources/{eventId}: one recorded resource. */
export const getResource: Answer = async ({ params, url }, services) => {
  assertKnownQuery(url, []);
  const eventId = params.eventId ?? '';
  // The route's constraint takes a GUID in any of .NET's forms: with braces, without dashes.
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(eventId)) {
    throw inputInvalid('eventId', 'must be a GUID of 32 digits and 4 dashes');
  }
  return getOne(eventId, services.database);
};

app.http('getResource', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'resources/{eventId:guid}',
  handler: httpHandler(getResource),
});
