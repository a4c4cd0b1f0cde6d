// Creates and deletes real resources of the embedded ARM, by its REST API.

import { foreignClient, type Send } from '../../support/foreign-client.ts';
import { addIdentity, grant } from '../../support/local-azure.ts';
import type { Chronicle, Incarnation } from '../chronicle.ts';
import type { Step } from '../history.ts';
import type { EmbeddedAzure } from './open-embedded-azure.ts';

const API = 'api-version=2023-01-31';

export class Resources {
  readonly #embedded: EmbeddedAzure;
  readonly #chronicle: Chronicle;
  readonly #send: Send;
  readonly #prefix: string;
  readonly #delays = new Map<string, number>();
  #count = 0;

  /** Names begin with `prefix`. */
  constructor(embedded: EmbeddedAzure, chronicle: Chronicle, prefix: string) {
    this.#embedded = embedded;
    this.#chronicle = chronicle;
    this.#prefix = prefix;
    this.#send = creator(embedded);
    const delayMs = ({ id }: { readonly id: string }) => this.#delays.get(id.toLowerCase()) ?? 0;
    embedded.azure.behaviour.set({ listDelayMs: delayMs, changeDelayMs: delayMs });
  }

  isOurs(id: string): boolean {
    return id.toLowerCase().includes(`/${this.#prefix}`);
  }

  async create({ count, lateness }: Step & { readonly kind: 'create' }): Promise<void> {
    for (let index = 0; index < count; index++) {
      const name = `${this.#prefix}${++this.#count}`;
      const group = this.#embedded.app.groupId;
      const id = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
      await this.#put(id, lateness);
    }
  }

  async remove(pick: number, createAgain: boolean): Promise<void> {
    const alive = this.#chronicle.incarnations.filter(({ deletedAtMs }) => !deletedAtMs);
    const removed = alive[pick % Math.max(1, alive.length)];
    if (!removed) return;
    removed.deletedAtMs = this.#embedded.clock.nowMs();
    await this.#expect(removed.id, 'DELETE', [200]);
    this.#embedded.clock.advanceMs(1); // so that no createdTime comes twice
    if (createAgain) await this.#put(removed.id, 0);
  }

  async removeAll(): Promise<void> {
    for (const { id, deletedAtMs } of this.#chronicle.incarnations) {
      if (deletedAtMs === undefined) await this.#expect(id, 'DELETE', [200]);
    }
  }

  async #put(id: string, lateness: number): Promise<void> {
    const { azure, app, clock } = this.#embedded;
    const delayMs = Math.floor(lateness * this.#chronicle.overlapMs);
    this.#delays.set(id.toLowerCase(), delayMs);
    await this.#expect(id, 'PUT', [200, 201]);
    const createdMs = Date.parse(azure.resourceManager.findResource(id)?.createdTime ?? '');
    const createdTime = new Date(createdMs).toISOString();
    const incarnation: Incarnation = {
      key: `${id.toLowerCase()}|${createdTime}`,
      ...{ id, createdTime },
      scopes: [app.groupId.toLowerCase()],
      createdAtMs: clock.nowMs(),
      listedFromMs: createdMs + delayMs,
    };
    this.#chronicle.incarnations.push(incarnation);
  }

  async #expect(id: string, method: string, statuses: readonly number[]): Promise<void> {
    const body = method === 'PUT' ? { location: 'westeurope' } : undefined;
    const { status, text } = await this.#send(`${id}?${API}`, { method, body });
    if (!statuses.includes(status)) throw new Error(`${method} ${id}: ${status} ${text}`);
  }
}

const creators = new WeakMap<EmbeddedAzure, Send>();

function creator(embedded: EmbeddedAzure): Send {
  const known = creators.get(embedded);
  if (known) return known;
  const identity = addIdentity(embedded.azure, 'creator');
  grant(embedded.azure, identity, 'Contributor', embedded.app.groupId);
  const send = foreignClient(embedded.azure, 'management.azure.com', identity);
  creators.set(embedded, send);
  return send;
}
