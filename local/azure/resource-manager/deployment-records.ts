import { createHash } from 'node:crypto';
import type { DeploymentRecord } from '../deployments/deployment.ts';

/** The last run of every deployment, nested ones included. */
export class DeploymentRecords {
  readonly #records = new Map<string, DeploymentRecord>();

  save(record: DeploymentRecord): void {
    this.#records.set(record.id.toLowerCase(), record);
  }

  find(id: string): DeploymentRecord | undefined {
    return this.#records.get(id.toLowerCase());
  }

  remove(id: string): void {
    this.#records.delete(id.toLowerCase());
  }

  all(): readonly DeploymentRecord[] {
    return [...this.#records.values()];
  }
}

/** The 20 digits of `…/operationStatuses/{id}`: one per run. */
export function operationStatusId(record: DeploymentRecord): string {
  const digest = createHash('sha256').update(`${record.id.toLowerCase()} ${record.correlationId}`);
  return digest.digest().readBigUInt64BE().toString().padStart(20, '0');
}
