import { randomBytes } from 'node:crypto';
import type { ServiceResponse } from '../http/json-service.ts';

/** What `…/operationresults/{id}` tells: work under way, or its final answer. */
export class AsyncOperations {
  readonly #results = new Map<string, ServiceResponse | undefined>();

  /** Azure: the id is base64url, opaque [R12]. */
  start(work: Promise<ServiceResponse>): string {
    const id = randomBytes(24).toString('base64url');
    this.#results.set(id, undefined);
    work.then(
      (response) => this.#results.set(id, response),
      (error: unknown) => {
        console.error('embedded Azure: a background operation failed', error);
        this.#results.set(id, { status: 500 });
      },
    );
    return id;
  }

  /** `running`, its answer, or undefined for an id that never was. */
  find(id: string): 'running' | ServiceResponse | undefined {
    if (!this.#results.has(id)) return undefined;
    return this.#results.get(id) ?? 'running';
  }
}
