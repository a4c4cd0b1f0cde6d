import { app } from '@azure/functions';
import { findIdentity as findOne } from '../shared/identity/find-identity.ts';
import { assertKnownQuery, readGuid } from '../shared/input.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** GET /api/identities/{principalId}: one managed identity in SCAN_SCOPES and its roles there; by its client id too. */
export const findIdentity: Answer = async ({ params, url }, services) => {
  assertKnownQuery(url, []);
  const id = readGuid('principalId', params.principalId);
  const { SCAN_SCOPES } = services.settings.need('SCAN_SCOPES', 'IDENTITY_KIND');
  return findOne(id, SCAN_SCOPES, services);
};

app.http('findIdentity', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'identities/{principalId}',
  handler: httpHandler(findIdentity),
});
