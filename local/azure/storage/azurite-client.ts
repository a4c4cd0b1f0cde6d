import http from 'node:http';
import { text } from 'node:stream/consumers';
import { encodeQuery } from './parse-blob-request.ts';
import { signSharedKey } from './shared-key.ts';
import { blobHostOf, type StorageAccount } from './storage-accounts.ts';

export interface AzuriteRequest {
  readonly method: string;
  /** Percent-encoded. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  /** Without Host, Authorization and date. */
  readonly headers: Readonly<Record<string, string>>;
}

const VERSION = { 'x-ms-version': '2025-07-05' };

/** Requests to Azurite, signed with the account's key and sent under its production host name. */
export class AzuriteClient {
  readonly #port: Promise<number>;
  // Azurite closes an idle connection after 60 s; ours go first, so that no request meets a closing one.
  readonly #agent = new http.Agent({ keepAlive: true, timeout: 30_000 });

  constructor(port: Promise<number>) {
    this.#port = port;
  }

  /** Signs the request anew; the caller writes the body and ends it. */
  async open(account: StorageAccount, request: AzuriteRequest): Promise<http.ClientRequest> {
    const headers = { ...request.headers, 'x-ms-date': new Date().toUTCString() };
    const authorization = signSharedKey({
      ...request,
      headers,
      account: account.name,
      key: account.keys[0],
    });
    const target = request.path + encodeQuery(request.query);
    return this.openUnsigned(account, request.method, target, {
      ...headers,
      Authorization: authorization,
    });
  }

  /** Sends what the client has signed itself. `target` is path and query. */
  async openUnsigned(
    account: StorageAccount,
    method: string,
    target: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<http.ClientRequest> {
    return http.request({
      host: '127.0.0.1',
      port: await this.#port,
      agent: this.#agent,
      method,
      path: target,
      headers: { ...headers, Host: blobHostOf(account.name) },
    });
  }

  /** Whether the blob is there now. */
  async blobExists(account: StorageAccount, path: string): Promise<boolean> {
    const { status } = await this.#call(account, 'HEAD', path, {});
    return status === 200;
  }

  /** Leaves a container that is there as it is. */
  async createContainer(account: StorageAccount, name: string): Promise<void> {
    const { status, body } = await this.#call(account, 'PUT', `/${name}`, { restype: 'container' });
    if (status !== 201 && status !== 409) throw unexpected('create', name, status, body);
  }

  async deleteContainer(account: StorageAccount, name: string): Promise<void> {
    const query = { restype: 'container' };
    const { status, body } = await this.#call(account, 'DELETE', `/${name}`, query);
    if (status !== 202 && status !== 404) throw unexpected('delete', name, status, body);
  }

  /** Names of all containers of the account. */
  async listContainers(account: StorageAccount): Promise<string[]> {
    const { body } = await this.#call(account, 'GET', '/', { comp: 'list' });
    // Container names need no XML escapes: letters, digits and hyphens.
    return [...body.matchAll(/<Name>([^<]+)<\/Name>/g)].map(([, name = '']) => name);
  }

  stop(): void {
    this.#agent.destroy();
  }

  async #call(
    account: StorageAccount,
    method: string,
    path: string,
    query: Readonly<Record<string, string>>,
  ): Promise<{ status: number; body: string }> {
    const request = await this.open(account, {
      method,
      path,
      query: new Map(Object.entries(query)),
      headers: { ...VERSION, 'Content-Length': '0' },
    });
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).once('error', reject).end();
    });
    return { status: response.statusCode ?? 0, body: await text(response) };
  }
}

function unexpected(verb: string, container: string, status: number, body: string): Error {
  return new Error(`Azurite answered ${status} to ${verb} container ${container}: ${body}`);
}
