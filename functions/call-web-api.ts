import { app } from '@azure/functions';
import { assertKnownQuery } from '../shared/input.ts';
import { processServices } from '../shared/services.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** GET /api/web-api: calls the API of the settings as the app's identity; facts about its answer, never the answer. */
export const callWebApi: Answer = async ({ url }, services) => {
  assertKnownQuery(url, []);
  return services.webApi.call();
};

// There is nothing to call where no setting names an API.
if (processServices().settings.isWebApiOn) {
  app.http('callWebApi', {
    methods: ['GET'],
    authLevel: 'function',
    route: 'web-api',
    handler: httpHandler(callWebApi),
  });
}
