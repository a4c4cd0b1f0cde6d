import { app } from '@azure/functions';
import { describeIdentity } from '../shared/identity/describe-identity.ts';
import { assertKnownQuery } from '../shared/input.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** GET /api/identity: who the app is, and the claims of its tokens. The caller chooses neither identity nor audience. */
export const getIdentity: Answer = async ({ url }, services) => {
  assertKnownQuery(url, []);
  return describeIdentity(services);
};

app.http('getIdentity', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'identity',
  handler: httpHandler(getIdentity),
});
