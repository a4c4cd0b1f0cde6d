import { createHash } from 'node:crypto';
import { toAzureTimestamp } from '../clock.ts';
import type { DeploymentOperation, DeploymentRecord } from '../deployments/deployment.ts';
import type { Resource } from './resource.ts';

const TYPE = 'Microsoft.Resources/deployments';

/** A deployment as its GET shows it; keys in the order of [R1]. */
export function renderDeployment(record: DeploymentRecord): Record<string, unknown> {
  return {
    id: record.id,
    name: record.name,
    type: TYPE,
    // Azure: only here. https://learn.microsoft.com/rest/api/resources/deployments/get-at-subscription-scope
    ...(record.scope.resourceGroup === undefined &&
      record.scope.location !== undefined && { location: record.scope.location }),
    properties: deploymentProperties(record),
  };
}

/** The answer of validate: nothing has run [R19]. */
export function renderValidation(
  record: DeploymentRecord,
  validatedResources: readonly { readonly id: string }[],
): Record<string, unknown> {
  const properties = {
    ...deploymentProperties(record),
    provisioningState: 'Succeeded',
    timestamp: '0001-01-01T00:00:00Z',
    duration: 'PT0S',
    validatedResources,
  };
  return { ...renderDeployment(record), properties };
}

export function deploymentAsResource(record: DeploymentRecord): Resource {
  const time = toAzureTimestamp(record.startedMs);
  return {
    id: record.id,
    name: record.name,
    type: TYPE,
    apiVersion: '2025-04-01',
    properties: deploymentProperties(record),
    createdTime: time,
    changedTime: toAzureTimestamp(record.changedMs),
  };
}

export function renderOperation(
  record: DeploymentRecord,
  operation: DeploymentOperation,
): Record<string, unknown> {
  const { operationId, provisioningOperation, provisioningState, targetResource } = operation;
  return {
    id: `${record.id}/operations/${operationId}`,
    operationId,
    properties: {
      provisioningOperation,
      provisioningState,
      timestamp: toAzureTimestamp(operation.startedMs + operation.durationMs),
      duration: toDuration(operation.durationMs),
      trackingId: guidOf(`${record.correlationId} ${operationId}`),
      statusCode: operation.statusCode,
      ...(operation.statusMessage !== undefined && { statusMessage: operation.statusMessage }),
      ...(targetResource && { targetResource }),
    },
  };
}

function deploymentProperties(record: DeploymentRecord): Record<string, unknown> {
  const { parameters, state, correlationId, providers, dependencies } = record;
  const hasParameters = Object.keys(parameters).length > 0;
  const isDone = state === 'Succeeded';
  return {
    templateHash: templateHash(record.template),
    ...(hasParameters && { parameters: withPascalCaseTypes(parameters) }),
    mode: 'Incremental',
    provisioningState: state,
    timestamp: toAzureTimestamp(record.changedMs),
    duration: toDuration(record.changedMs - record.startedMs),
    correlationId,
    providers,
    dependencies,
    ...(isDone && record.outputs && { outputs: withPascalCaseTypes(record.outputs) }),
    ...(isDone && record.outputResources && { outputResources: record.outputResources }),
    ...(record.error && { error: record.error }),
  };
}

type TypedValues = Readonly<Record<string, { readonly type: string; readonly value?: unknown }>>;

/**
 * Azure: `string` → `String` [R1]; a secure value is not shown
 * (https://learn.microsoft.com/azure/azure-resource-manager/templates/data-types#secure-strings-and-objects).
 */
function withPascalCaseTypes(values: TypedValues): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, { type, ...rest }]) => [
      name,
      {
        type: PASCAL_CASE[type.toLowerCase()] ?? type,
        ...(/^secure/i.test(type) ? {} : rest),
      },
    ]),
  );
}

const PASCAL_CASE: Readonly<Record<string, string>> = {
  string: 'String',
  securestring: 'SecureString',
  int: 'Int',
  bool: 'Bool',
  object: 'Object',
  secureobject: 'SecureObject',
  array: 'Array',
};

/** Pretend: 20 digits like Azure's template hash, but not its algorithm, which is not published. */
function templateHash(template: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(template ?? null));
  return digest.digest().readBigUInt64BE().toString();
}

/** `PT1M2.3450000S`. */
function toDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  const minutes = Math.floor(seconds / 60);
  return `PT${minutes > 0 ? `${minutes}M` : ''}${(seconds - minutes * 60).toFixed(7).replace(/\.?0+$/, '')}S`;
}

function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
