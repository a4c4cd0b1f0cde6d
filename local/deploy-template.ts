import { readFileSync } from 'node:fs';
import type { DeploymentFailure, DeploymentRecord } from './azure/deployments/deployment.ts';
import type { LocalAzure } from './azure/start-azure.ts';
import { subscription, tenantId } from './azure/tenant.ts';

export interface TemplateDeployment {
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly template: unknown;
  readonly parameters?: Readonly<Record<string, { readonly value: unknown }>>;
  /** Whether a type that the embedded Azure does not know is refused. Default: true. */
  readonly strict?: boolean;
}

/** The committed, compiled template: the same file that `az deployment group create` takes. */
export function readTemplate(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/**
 * Deploys a template as the deployer, making the group first as `az group create` would.
 * Throws with every failed resource named.
 */
export async function deployTemplate(
  azure: LocalAzure,
  deployment: TemplateDeployment,
): Promise<DeploymentRecord> {
  const { subscriptionId } = subscription;
  const { resourceGroup, location } = deployment;
  azure.resourceManager.addResourceGroup({ subscriptionId, name: resourceGroup, location });
  const { done } = azure.deployments(deployment.strict ?? true).start({
    name: deployment.name,
    scope: { tenantId, subscriptionId, resourceGroup, location },
    template: deployment.template,
    parameters: deployment.parameters ?? {},
    caller: azure.deployer,
  });
  const record = await done;
  if (record.state !== 'Succeeded') throw new Error(describeFailure(record));
  return record;
}

/** The refusals themselves; what stands around them only says that there are some. */
function describeFailure({ name, error }: DeploymentRecord): string {
  const reasons = error ? [...innermost(error)] : [];
  return [
    `Deployment '${name}' failed:`,
    ...reasons.map(
      ({ code, message, target }) => `  ${code}: ${message}${target ? ` (${target})` : ''}`,
    ),
  ].join('\n');
}

function* innermost(failure: DeploymentFailure): Generator<DeploymentFailure> {
  if (failure.details?.length) for (const detail of failure.details) yield* innermost(detail);
  else yield failure;
}
