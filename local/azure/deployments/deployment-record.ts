import type { DeploymentRecord, ResourceReference } from './deployment.ts';
import { evaluateString } from './expression/evaluate.ts';
import { PendingLookup } from './expression/expression-scope.ts';
import { describeReference } from './operations.ts';
import type { DeploymentPlan, PreparedDeployment } from './prepare-deployment.ts';
import type { LoopInstances, ResourceInstance } from './template-resources.ts';
import { displayType, isSecure, resolveType } from './type-references.ts';

/** What a record says from the start to the end. Source: [R1]. */
export function describeDeployment(
  deployment: PreparedDeployment,
  plan: DeploymentPlan,
): Omit<DeploymentRecord, 'state' | 'changedMs'> {
  const { id, input, startedMs, log } = deployment;
  return {
    id,
    name: input.name,
    scope: input.place,
    template: input.template,
    parameters: describeParameters(deployment),
    startedMs,
    correlationId: input.correlationId,
    operations: log.operations,
    providers: describeProviders(plan),
    dependencies: describeDependencies(plan),
  };
}

/** Every parameter of the template, defaults evaluated; a secure one, or one not known yet, without value. */
export function describeParameters(deployment: PreparedDeployment): DeploymentRecord['parameters'] {
  const { template, expressions } = deployment;
  const shown: Record<string, { type: string; value?: unknown }> = {};
  for (const parameter of template.parameters.values()) {
    const definition = resolveType(parameter, template.definitions);
    const type = displayType(definition);
    shown[parameter.name] = { type };
    try {
      const value = expressions.parameter(parameter.name);
      if (!isSecure(definition) && value !== null) shown[parameter.name] = { type, value };
    } catch (error) {
      if (!(error instanceof PendingLookup)) throw error;
    }
  }
  return shown;
}

/** Namespaces with their types and the locations of each; null for a resource without one. */
function describeProviders({ resources }: DeploymentPlan): DeploymentRecord['providers'] {
  const namespaces = new Map<string, Map<string, Set<string | null>>>();
  for (const instance of resources.instances) {
    if (!instance.deployed || instance.resource.existing) continue;
    const [namespace = '', ...type] = instance.resource.type.split('/');
    const types = namespaces.get(namespace) ?? new Map<string, Set<string | null>>();
    const locations = types.get(type.join('/')) ?? new Set<string | null>();
    locations.add(locationOf(instance));
    namespaces.set(namespace, types.set(type.join('/'), locations));
  }
  return [...namespaces].map(([namespace, types]) => ({
    namespace,
    resourceTypes: [...types].map(([resourceType, locations]) => ({
      resourceType,
      locations: [...locations],
    })),
  }));
}

function locationOf({ resource, scope }: ResourceInstance): string | null {
  const { location } = resource.body;
  if (typeof location !== 'string') return null;
  try {
    return String(evaluateString(location, scope));
  } catch (error) {
    if (error instanceof PendingLookup) return null;
    throw error;
  }
}

function describeDependencies({ graph }: DeploymentPlan): DeploymentRecord['dependencies'] {
  const loops = new Map<LoopInstances, readonly ResourceReference[]>();
  const referencesTo = (target: ResourceInstance | LoopInstances): readonly ResourceReference[] => {
    if (!('instances' in target)) return [describeReference(target.id)];
    let references = loops.get(target);
    if (references === undefined) {
      references = target.instances
        .filter(({ deployed }) => deployed)
        .map(({ id }) => describeReference(id));
      loops.set(target, references);
    }
    return references;
  };
  return graph.nodes.flatMap(({ instance, dependencies }) => {
    if (instance === undefined || dependencies.length === 0) return [];
    const [first, ...others] = dependencies;
    if (first === undefined) return [];
    // The references of a whole loop are shared, not copied, by all that wait for nothing else.
    const dependsOn =
      others.length === 0
        ? referencesTo(first)
        : dependencies.flatMap((target) => referencesTo(target));
    return [{ dependsOn, ...describeReference(instance.id) }];
  });
}
