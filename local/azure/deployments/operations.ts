import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ServiceError } from '../http/service-error.ts';
import { parseResourceId } from '../resource-id.ts';
import type { DeploymentOperation, ResourceReference } from './deployment.ts';
import { failureOf } from './failure.ts';

type OperationKind = DeploymentOperation['provisioningOperation'];

/** HTTP status names, as an operation's `statusCode` has them. */
const STATUS_NAMES: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  429: 'TooManyRequests',
  500: 'InternalServerError',
};

/** The operations of one deployment, in the order in which they ended. Shared, not copied, with its records. */
export class OperationLog {
  readonly operations: DeploymentOperation[] = [];
  readonly #deploymentId: string;
  readonly #clock: Clock;

  constructor(deploymentId: string, clock: Clock) {
    this.#deploymentId = deploymentId;
    this.#clock = clock;
  }

  /** Runs the creation of one resource and keeps how it went. */
  create<Result>(id: string, exists: boolean, run: () => Promise<Result>): Promise<Result> {
    return this.#keep('Create', id, exists ? 200 : 201, run);
  }

  /** Runs a reference() to a resource that this deployment doesn't make. */
  read<Result>(id: string, run: () => Promise<Result>): Promise<Result> {
    return this.#keep('Read', id, 200, run);
  }

  async #keep<Result>(
    kind: OperationKind,
    id: string,
    status: number,
    run: () => Promise<Result>,
  ): Promise<Result> {
    const startedMs = this.#clock.nowMs();
    try {
      const result = await run();
      this.#add(kind, id, startedMs, status);
      return result;
    } catch (error) {
      const failed = error instanceof ServiceError ? error.status : 500;
      this.#add(kind, id, startedMs, failed, { error: failureOf(error) });
      throw error;
    }
  }

  #add(
    kind: OperationKind,
    id: string,
    startedMs: number,
    status: number,
    statusMessage?: unknown,
  ): void {
    this.operations.push({
      operationId: hash(`${this.#deploymentId} ${kind} ${id}`.toLowerCase()),
      provisioningOperation: kind,
      provisioningState: statusMessage === undefined ? 'Succeeded' : 'Failed',
      startedMs,
      durationMs: this.#clock.nowMs() - startedMs,
      statusCode: STATUS_NAMES[status] ?? String(status),
      ...(statusMessage !== undefined && { statusMessage }),
      targetResource: describeReference(id),
    });
  }

  /** The last operation of a deployment that went well [R17]. */
  addOutputEvaluation(startedMs: number): void {
    const digits = BigInt(`0x${hash(`${this.#deploymentId} outputs ${startedMs}`)}`).toString();
    this.operations.push({
      operationId: digits.padStart(20, '0').slice(0, 20),
      provisioningOperation: 'EvaluateDeploymentOutput',
      provisioningState: 'Succeeded',
      startedMs,
      durationMs: this.#clock.nowMs() - startedMs,
      statusCode: 'OK',
    });
  }
}

/** 16 capital hexadecimal digits, as ARM's operation ids. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16).toUpperCase();
}

export function describeReference(id: string): ResourceReference {
  const parsed = parseResourceId(id);
  return { id, resourceType: parsed?.type ?? '', resourceName: parsed?.fullName ?? id };
}
