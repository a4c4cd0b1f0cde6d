import { app } from '@azure/functions';
import { identitiesParameters, readIdentitiesQuery } from '../shared/identity/identities-query.ts';
import { listIdentities as listAll } from '../shared/identity/list-identities.ts';
import { assertKnownQuery } from '../shared/input.ts';
import { type Answer, httpHandler } from './http-handler.ts';

/** GET /api/identities[?top=…][&cursor=…]: the managed identities in SCAN_SCOPES, and which resources have them. */
export const listIdentities: Answer = async ({ query, url }, services) => {
  assertKnownQuery(url, identitiesParameters);
  const asked = readIdentitiesQuery(query);
  const { SCAN_SCOPES } = services.settings.need('SCAN_SCOPES', 'IDENTITY_KIND');
  return listAll(asked, SCAN_SCOPES, services);
};

app.http('listIdentities', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'identities',
  handler: httpHandler(listIdentities),
});
