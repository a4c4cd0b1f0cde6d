// An app whose identity comes and goes, and which asks for tokens as its code would.
import assert from 'node:assert/strict';
import type { Principal } from '../../local/azure/directory.ts';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import { deployTemplate } from '../../local/deploy-template.ts';
import { identityId, siteId, siteTemplate } from './forged-tokens-template.ts';
import { names } from './token-doors.ts';

export const deployInto = (azure: LocalAzure, template: unknown) =>
  deployTemplate(azure, {
    name: 'doors',
    resourceGroup: names.group,
    location: 'westeurope',
    template,
    parameters: {},
  });

/** A site with or without the user-assigned identity. */
export async function deploySite(
  azure: LocalAzure,
  { isAssigned }: { isAssigned: boolean },
): Promise<{ identity: Principal }> {
  await deployInto(azure, siteTemplate(isAssigned));
  const { properties } = azure.resourceManager.findResource(identityId) ?? {};
  const identity = azure.directory.find(String(properties?.principalId));
  assert.ok(identity);
  return { identity };
}

/** As the site's code does. */
export function askForToken(
  azure: LocalAzure,
  { clientId }: Principal,
  audience: string,
): Promise<Response> {
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER = '' } = azure.identityEnvironmentOf(siteId);
  const query = new URLSearchParams({
    'api-version': '2019-08-01',
    resource: audience,
    client_id: clientId,
  });
  const headers = { 'X-IDENTITY-HEADER': IDENTITY_HEADER };
  return fetch(`${IDENTITY_ENDPOINT}?${query}`, { headers });
}
