// A site behind App Service authentication, with a program that says what it was asked.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after } from 'node:test';
import type { LocalAzure } from '../../../../local/azure/start-azure.ts';
import { tenantId } from '../../../../local/azure/tenant.ts';
import { deployTemplate, readTemplate } from '../../../../local/deploy-template.ts';
import { groupId, projectDirectory } from '../../../support/local-azure.ts';
import { sendRaw } from '../../../support/open-door.ts';

export const group = 'rg-sites';
export const clientId = '11112222-bbbb-3333-cccc-4444dddd5555';
export const audience = `api://${clientId}`;
/** Gives tokens of version 1.0, as managed identities have them. */
export const openIdIssuer = `https://sts.windows.net/${tenantId}/`;

export const siteId = (name: string) => `${groupId(group)}/providers/Microsoft.Web/sites/${name}`;

export interface Policy {
  readonly [member: string]: unknown;
}

/** `authsettingsV2` that lets callers with a token in; `over` replaces whole members of its parts. */
export function authSettings(
  over: {
    readonly globalValidation?: Policy;
    readonly registration?: Policy;
    readonly validation?: Policy;
    readonly login?: Policy;
    readonly provider?: Policy;
    readonly platform?: Policy;
  } = {},
) {
  return {
    platform: { enabled: true, ...over.platform },
    globalValidation: {
      requireAuthentication: true,
      unauthenticatedClientAction: 'Return401',
      ...over.globalValidation,
    },
    identityProviders: {
      azureActiveDirectory: {
        enabled: true,
        registration: { clientId, openIdIssuer, ...over.registration },
        validation: { allowedAudiences: [audience], ...over.validation },
        ...(over.login && { login: over.login }),
        ...over.provider,
      },
    },
  };
}

/** Deploys these resources into the group of the sites. */
export async function deployInto(
  azure: LocalAzure,
  name: string,
  resources: readonly Record<string, unknown>[],
): Promise<void> {
  await deployTemplate(azure, {
    name,
    resourceGroup: group,
    location: 'westeurope',
    template: {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      resources,
    },
    parameters: {},
  });
}

/** Deploys a Linux function app (or another `kind`) and, if given, its authentication. */
export async function deploySite(
  azure: LocalAzure,
  name: string,
  settings?: unknown,
  {
    kind = 'functionapp,linux',
    sku = 'B1',
    appSettings = {},
  }: { kind?: string; sku?: string; appSettings?: Policy } = {},
): Promise<string> {
  const planId = `${groupId(group)}/providers/Microsoft.Web/serverfarms/plan-${name}`;
  const common = { apiVersion: '2024-04-01', location: 'westeurope' };
  const reserved = kind.includes('linux');
  const resources = [
    {
      ...common,
      type: 'Microsoft.Web/serverfarms',
      name: `plan-${name}`,
      sku: { name: sku },
      properties: { reserved },
    },
    {
      ...common,
      type: 'Microsoft.Web/sites',
      name,
      kind,
      dependsOn: [planId],
      properties: { serverFarmId: planId, reserved },
    },
    {
      type: 'Microsoft.Web/sites/config',
      apiVersion: '2024-04-01',
      name: `${name}/appsettings`,
      dependsOn: [siteId(name)],
      properties: appSettings,
    },
    ...(settings === undefined
      ? []
      : [
          {
            type: 'Microsoft.Web/sites/config',
            apiVersion: '2024-04-01',
            name: `${name}/authsettingsV2`,
            dependsOn: [siteId(name)],
            properties: settings,
          },
        ]),
  ];
  await deployInto(azure, name, resources);
  return siteId(name);
}

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A program on a free port that answers 200 with what it was asked; ends with the test, or with all of the file. */
export async function startProgram(): Promise<{ readonly address: string; stop(): void }> {
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method, url, headers } = request;
    const seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'X-Program': 'yes',
      'Set-Cookie': ['a=1', 'b=2'],
    });
    response.end(JSON.stringify(seen));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  after(stop);
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** Asks a site over TLS, by its own name. */
export async function ask(
  site: string,
  path = '/api/orders',
  {
    token,
    headers = {},
    method = 'GET',
    body,
  }: {
    token?: string;
    headers?: Record<string, string>;
    method?: string;
    body?: string;
  } = {},
) {
  const answer = await sendRaw(`${site}.azurewebsites.net`, path, {
    method,
    headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...headers },
    ...(body !== undefined && { body }),
  });
  return { ...answer, seen: () => JSON.parse(answer.body) as Seen };
}

/** Deploys the example as it is committed; its app is `func-orders`, and this principal alone may call. */
export function deployProtectedApi(
  azure: LocalAzure,
  resourceGroup: string,
  callerPrincipalId: string,
) {
  return deployTemplate(azure, {
    name: 'protected-api',
    resourceGroup,
    location: 'westeurope',
    template: readTemplate(join(projectDirectory, 'infra/examples/protected-api.json')),
    parameters: {
      name: { value: 'func-orders' },
      clientId: { value: clientId },
      callerPrincipalIds: { value: [callerPrincipalId] },
    },
    strict: false,
  });
}
