import type { DeploymentTarget } from '../deployments/deployment.ts';
import { ServiceError, type ServiceErrorDetail } from '../http/service-error.ts';
import { parseResourceId, type ResourceId } from '../resource-id.ts';
import type { ArmContext } from './arm-context.ts';
import { canonicalId } from './canonical-id.ts';
import { invokeAction } from './invoke-resource-action.ts';
import { isKnownNamespace } from './known-namespaces.ts';
import { readResource } from './read-resource.ts';
import { exists } from './require-existing.ts';
import type { Resource } from './resource.ts';
import { writeResource } from './write-resource.ts';

/**
 * ARM as the deployment engine sees it. `strict` refuses types without a provider (our own template);
 * else they are kept as plain resources and the log says so, once per type.
 */
export function createDeploymentTarget(arm: ArmContext, strict: boolean): DeploymentTarget {
  const announced = new Set<string>();
  return {
    clock: arm.clock,
    put: async (caller, id, apiVersion, body) => {
      const write = { caller, id: parse(id), apiVersion, body, strict };
      const { resource } = await writeResource(arm, write);
      requireNoFailure(resource);
      return resource;
    },
    get: async (caller, id) => readResource(arm, caller, parse(id)),
    exists: (id) => {
      const canonical = canonicalId(arm, parse(id));
      return exists(arm, canonical) || arm.deploymentRecords.find(canonical.id) !== undefined;
    },
    subscriptionName: (subscriptionId) => arm.store.findSubscription(subscriptionId)?.displayName,
    invoke: (caller, id, _apiVersion, action, body) =>
      invokeAction(arm, caller, parse(id), action, body),
    recordDeployment: (record) => {
      const before = arm.deploymentRecords.find(record.id);
      arm.deploymentRecords.save(record);
      const { state, id } = record;
      const isNews = before?.state !== state || before.correlationId !== record.correlationId;
      if (state !== 'Accepted' && isNews) {
        arm.journal.record({ kind: 'deployment', deploymentId: id, state });
      }
    },
    acceptsType: (type) => {
      const key = type.toLowerCase();
      if (arm.providers.has(key)) return true;
      if (strict || !isKnownNamespace(type.split('/')[0] ?? '')) return false;
      if (!announced.has(key)) {
        announced.add(key);
        console.warn(
          `${type}: kept as plain ARM data; the embedded Azure has no service behind it.`,
        );
      }
      return true;
    },
  };
}

/** Azure: a resource may be there and have failed; a deployment then has failed with it [tayganr/purviewdemo#32]. */
function requireNoFailure({ id, properties }: Resource): void {
  const { provisioningState, status } = properties as {
    provisioningState?: unknown;
    status?: { error?: ServiceErrorDetail };
  };
  if (provisioningState !== 'Failed') return;
  throw new ServiceError(
    409,
    'ResourceDeploymentFailure',
    "The resource write operation failed to complete successfully, because it reached terminal provisioning state 'failed'.",
    { target: id, details: status?.error ? [status.error] : [] },
  );
}

function parse(id: string): ResourceId {
  const parsed = parseResourceId(id);
  if (parsed) return parsed;
  // Pretend: the wording.
  throw new ServiceError(400, 'InvalidResourceId', `'${id}' is not a valid resource id.`, {
    fromGateway: true,
  });
}
