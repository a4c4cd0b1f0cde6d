import { readFileSync } from 'node:fs';
import type {
  DeploymentFailure,
  DeploymentRecord,
  DeploymentRequest,
  Deployments,
} from './azure/deployments/deployment.ts';
import { ServiceError } from './azure/http/service-error.ts';
import type { LocalAzure } from './azure/start-azure.ts';
import { subscription, tenantId } from './azure/tenant.ts';

export interface TemplateDeployment {
  readonly name: string;
  readonly resourceGroup: string;
  /** Absent: the embedded one. */
  readonly subscriptionId?: string;
  readonly location: string;
  readonly template: unknown;
  readonly parameters?: Readonly<Record<string, { readonly value: unknown }>>;
  /** Whether a type that the embedded Azure does not know is refused. Default: true. */
  readonly strict?: boolean;
}

/** The committed, compiled template: the same file that `az deployment group create` takes. Throws a sentence. */
export function readTemplate(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${path} can't be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Deploys a template as the deployer, making the group first as `az group create` would.
 * Throws with every refusal, code and message.
 */
export async function deployTemplate(
  azure: LocalAzure,
  deployment: TemplateDeployment,
): Promise<DeploymentRecord> {
  const { subscriptionId = subscription.subscriptionId } = deployment;
  const { name, resourceGroup, location, template, parameters = {}, strict = true } = deployment;
  azure.resourceManager.addResourceGroup({ subscriptionId, name: resourceGroup, location });
  const record = await run(azure.deployments(strict), {
    name,
    scope: { tenantId, subscriptionId, resourceGroup, location },
    template,
    parameters,
    caller: azure.deployer,
  });
  if (record.state !== 'Succeeded') throw failureOf(name, record.error);
  return record;
}

async function run(
  deployments: Deployments,
  request: DeploymentRequest,
): Promise<DeploymentRecord> {
  try {
    return await deployments.start(request).done;
  } catch (error) {
    // Refused as a whole, before anything was deployed.
    throw error instanceof ServiceError ? failureOf(request.name, error) : error;
  }
}

/** The refusals themselves; what stands around them only says that there are some. */
function failureOf(name: string, error: DeploymentFailure | undefined): Error {
  const reasons = error ? [...innermost(error)] : [];
  const lines = reasons.map(({ code, message, target }) => {
    const where = target === undefined || message.includes(target) ? '' : ` (${target})`;
    return `  ${code}: ${message}${where}`;
  });
  return new Error([`Deployment '${name}' failed:`, ...lines].join('\n'));
}

function* innermost(failure: DeploymentFailure): Generator<DeploymentFailure> {
  if (failure.details?.length) for (const detail of failure.details) yield* innermost(detail);
  else yield failure;
}
