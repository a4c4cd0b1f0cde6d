// One app behind the App Service token endpoint, with what the tests ask of it.
import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import { type RunningServer, startServer } from '../../../../local/azure/http/server.ts';
import {
  type AppServiceEndpoint,
  createAppServiceEndpoint,
  type IdentityEnvironment,
} from '../../../../local/azure/tokens/app-service-endpoint.ts';
import type { ResourceWithIdentity } from '../../../../local/azure/tokens/assigned-identities.ts';
import {
  appId,
  createTenant,
  identityOf,
  otherUserAssigned,
  userAssigned,
} from './embedded-tenant.ts';

export const vault = 'https://vault.azure.net';
export const identityNotFound =
  'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.';

/** The members of a token's and of a refusal's body; a test asks only for those that it expects. */
type Body = Readonly<
  Record<'access_token' | 'expires_on' | 'resource' | 'token_type' | 'client_id', string> &
    Record<'message' | 'correlationId', string> & { statusCode: number }
>;

interface Answer {
  readonly status: number;
  readonly body: Body;
}

/** Registers the hooks of a test file; before each test the app has the system- and two user-assigned identities. */
export function useAppService() {
  let tenant: Awaited<ReturnType<typeof createTenant>>;
  let endpoint: AppServiceEndpoint;
  let server: RunningServer;
  let app: ResourceWithIdentity;

  function assign(identity: ResourceWithIdentity['identity'], id = appId): void {
    app = { id, name: 'app', ...(identity && { identity }) };
  }

  before(async () => {
    tenant = await createTenant();
    endpoint = createAppServiceEndpoint({
      ...tenant,
      findResource: (id) => (id.toLowerCase() === app.id.toLowerCase() ? app : undefined),
    });
    server = await startServer(endpoint.listener);
  });
  after(() => server.stop());
  beforeEach(() => assign(identityOf(true, userAssigned, otherUserAssigned)));

  const environmentOf = (resourceId: string): IdentityEnvironment =>
    endpoint.environmentOf(resourceId, server.port);

  /** `query` as a whole, or what is special about a request for a token for the vault. */
  async function ask(
    query: Record<string, string> | string,
    headers?: Record<string, string>,
  ): Promise<Answer> {
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = environmentOf(appId);
    const usual = { resource: vault, 'api-version': '2019-08-01' };
    const parameters =
      typeof query === 'string' ? query : new URLSearchParams({ ...usual, ...query });
    const response = await fetch(`${IDENTITY_ENDPOINT}?${parameters}`, {
      headers: headers ?? { 'X-IDENTITY-HEADER': IDENTITY_HEADER },
    });
    const body: unknown = await response.json();
    return { status: response.status, body: body as Body };
  }

  return {
    assign,
    ask,
    environmentOf,
    rotateHeader: (resourceId: string) => endpoint.rotateHeader(resourceId),
    get tenant() {
      return tenant;
    },
    get environment() {
      return environmentOf(appId);
    },
  };
}

export function assertRefused(
  { status: actual, body }: Answer,
  status: number,
  message?: string | RegExp,
): void {
  assert.equal(actual, status);
  assert.deepEqual(Object.keys(body), ['statusCode', 'message', 'correlationId']);
  assert.equal(body.statusCode, status);
  if (typeof message === 'string') assert.equal(body.message, message);
  else if (message) assert.match(body.message, message);
}
