import { randomBytes } from 'node:crypto';
import type { BlobDataPlane } from '../providers/provider.ts';
import type { AzuriteClient } from './azurite-client.ts';
import type { Azurite } from './start-azurite.ts';

export interface StorageAccount {
  readonly name: string;
  readonly resourceId: string;
  readonly allowSharedKeyAccess: boolean;
  /** Base64 of 64 bytes, as Azure's: key1 and key2. */
  readonly keys: readonly [string, string];
}

const DOMAIN = 'blob.core.windows.net';

/** Production host name of the account's blob endpoint. */
export function blobHostOf(accountName: string): string {
  return `${accountName}.${DOMAIN}`;
}

/** All storage accounts, and ARM's way to make them and their containers. */
export class StorageAccounts implements BlobDataPlane {
  readonly #azurite: Azurite;
  readonly #client: AzuriteClient;
  readonly #accounts = new Map<string, StorageAccount>();

  constructor(azurite: Azurite, client: AzuriteClient) {
    this.#azurite = azurite;
    this.#client = client;
  }

  /** `host` as in a Host header. */
  findByHost(host: string): StorageAccount | undefined {
    const [name = '', ...domain] = host.toLowerCase().replace(/:\d+$/, '').split('.');
    return domain.join('.') === DOMAIN ? this.#accounts.get(name) : undefined;
  }

  async putAccount({
    name,
    resourceId,
    allowSharedKeyAccess = false,
  }: Parameters<BlobDataPlane['putAccount']>[0]): Promise<void> {
    const key = () => randomBytes(64).toString('base64');
    const keys = this.#accounts.get(name)?.keys ?? ([key(), key()] as const);
    this.#accounts.set(name, { name, resourceId, allowSharedKeyAccess, keys });
    await this.#azurite.putAccount(name, keys);
  }

  /** Deletes every container too: a later account of that name begins empty. */
  async removeAccount(name: string): Promise<void> {
    const account = this.#accounts.get(name);
    if (!account) return;
    this.#accounts.delete(name);
    for (const container of await this.#client.listContainers(account)) {
      await this.#client.deleteContainer(account, container);
    }
    await this.#azurite.removeAccount(name);
  }

  isAccountNameTaken(name: string): boolean {
    return this.#accounts.has(name);
  }

  async putContainer(accountName: string, containerName: string): Promise<void> {
    await this.#client.createContainer(this.#get(accountName), containerName);
  }

  async removeContainer(accountName: string, containerName: string): Promise<void> {
    await this.#client.deleteContainer(this.#get(accountName), containerName);
  }

  listAccountKeys(accountName: string): readonly { keyName: string; value: string }[] {
    return this.#get(accountName).keys.map((value, index) => ({
      keyName: `key${index + 1}`,
      value,
    }));
  }

  #get(name: string): StorageAccount {
    const account = this.#accounts.get(name);
    if (!account) throw new Error(`there is no storage account ${name}`);
    return account;
  }
}
