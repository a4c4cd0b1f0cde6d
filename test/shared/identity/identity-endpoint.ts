// App Service's token endpoint with a script: what it answers, and how often it was asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';

export interface IdentityRequest {
  readonly header: string | undefined;
  readonly clientId: string | null;
  readonly resource: string;
}

type Script = (
  asked: IdentityRequest,
  response: ServerResponse,
  count: number,
) => void | Promise<void>;

export interface IdentityEndpoint {
  readonly requests: readonly IdentityRequest[];
  /** Puts this endpoint and `header` into the environment of the process. */
  use(header?: string): void;
  script: Script;
  stop(): Promise<void>;
}

/** Starts one and puts it into the environment. `cleanUp` takes what stops it: `after`, or `t.after`. */
export async function startIdentityEndpoint(
  script: Script = giveToken(),
  cleanUp: (stop: () => Promise<void>) => void = after,
): Promise<IdentityEndpoint> {
  const requests: IdentityRequest[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { searchParams } = new URL(request.url ?? '', 'http://endpoint');
    const header = request.headers['x-identity-header'];
    const asked = {
      header: typeof header === 'string' ? header : undefined,
      clientId: searchParams.get('client_id'),
      resource: searchParams.get('resource') ?? '',
    };
    requests.push(asked);
    void endpoint.script(asked, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint: IdentityEndpoint = {
    requests,
    script,
    use(header = 'header-1') {
      process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${port}/msi/token`;
      process.env.IDENTITY_HEADER = header;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  cleanUp(endpoint.stop);
  endpoint.use();
  return endpoint;
}

/** Answers with a token; `resource` defaults to what was asked for. */
export function giveToken({
  lifetimeSeconds = 86_400,
  resource,
}: {
  lifetimeSeconds?: number;
  resource?: string;
} = {}): Script {
  return (asked, response, count) => {
    const expiresOn = Math.floor(Date.now() / 1000) + lifetimeSeconds;
    respond(response, 200, {
      access_token: fakeToken({ aud: asked.resource, n: count, exp: expiresOn }),
      expires_on: String(expiresOn),
      resource: resource ?? asked.resource,
      token_type: 'Bearer',
      client_id: asked.clientId,
    });
  };
}

export function respond(
  response: ServerResponse,
  status: number,
  body?: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** A token of the right shape, signed by nobody. */
export function fakeToken(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2ln`;
}
