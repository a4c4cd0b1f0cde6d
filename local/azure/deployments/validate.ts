import { ServiceError } from '../http/service-error.ts';
import { parseResourceId } from '../resource-id.ts';
import type { DeploymentTarget } from './deployment.ts';
import { inResource } from './expand-resources.ts';
import { evaluateTree } from './expression/evaluate.ts';
import { PendingLookup } from './expression/expression-scope.ts';
import { evaluateOffline, evaluatePartially } from './expression/partial.ts';
import { invalidTemplate } from './invalid-template.ts';
import { readNestedDeployment, requireSubscription } from './nested-deployments.ts';
import {
  type DeploymentPlan,
  type PreparedDeployment,
  planDeployment,
  prepareDeployment,
} from './prepare-deployment.ts';
import { shortReference } from './scopes.ts';
import { isNestedDeployment, ownBody } from './template-expressions.ts';
import { describePosition } from './template-position.ts';
import type { ResourceInstance } from './template-resources.ts';
import { pendingTree } from './unknown-values.ts';

/**
 * Checks a whole deployment, nested ones included, as far as that goes without ARM: ids, names, conditions,
 * order, types, and every body up to what only run time knows. Changes nothing.
 *
 * @returns the plan, and the ids of all that would be deployed
 * @throws ServiceError 400
 */
export function validateDeployment(
  deployment: PreparedDeployment,
  target: DeploymentTarget,
): { readonly plan: DeploymentPlan; readonly ids: readonly string[] } {
  const { template, expressions } = deployment;
  checkParameters(deployment);
  const plan = planDeployment(template, expressions);
  checkDuplicates(plan, deployment);
  const ids: string[] = [];
  for (const instance of plan.resources.instances) {
    if (instance.resource.existing || !instance.deployed) continue;
    checkType(instance, target);
    inResource(instance.resource, template, () => tryEvaluate(instance));
    ids.push(instance.id);
    if (isNestedDeployment(instance.resource)) {
      tolerant(() => ids.push(...validateNested(instance, deployment, target)));
    }
  }
  return { plan, ids };
}

function validateNested(
  instance: ResourceInstance,
  { template, input }: PreparedDeployment,
  target: DeploymentTarget,
): readonly string[] {
  const { resource, scope } = instance;
  const nested = inResource(resource, template, () =>
    readNestedDeployment(
      instance,
      input.place,
      (value) => evaluatePartially(value, scope),
      (value) => evaluateOffline(value, scope),
    ),
  );
  requireSubscription(nested.place, target);
  const parameters = pendingTree(nested.parameters) as typeof nested.parameters;
  const prepared = prepareDeployment({ ...input, ...nested, parameters }, target);
  return validateDeployment(prepared, target).ids;
}

function checkParameters({ template, expressions }: PreparedDeployment): void {
  for (const { name } of template.parameters.values()) {
    tolerant(() => expressions.parameter(name));
  }
}

function tryEvaluate(instance: ResourceInstance): void {
  tolerant(() => evaluateTree(ownBody(instance.resource), instance.scope));
}

function tolerant(evaluate: () => unknown): void {
  try {
    evaluate();
  } catch (error) {
    if (!(error instanceof PendingLookup)) throw error;
  }
}

function checkDuplicates(plan: DeploymentPlan, { template, input }: PreparedDeployment): void {
  const seen = new Set<string>();
  for (const { id, deployed, resource } of plan.resources.instances) {
    // Pretend: Azure may refuse two of one id even if only one of them is deployed; here that is accepted.
    if (!deployed || resource.existing) continue;
    const key = id.toLowerCase();
    if (seen.has(key)) {
      const position = describePosition(template.source, resource.path);
      throw invalidTemplate(
        `The resource '${shortReference(id, input.place)}' ${position} is defined multiple times in a template. Please see https://aka.ms/arm-syntax-resources for usage details.`,
      );
    }
    seen.add(key);
  }
}

/** Source of the code: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors */
function checkType({ id, apiVersion, resource }: ResourceInstance, target: DeploymentTarget): void {
  const type = parseResourceId(id)?.type ?? resource.type;
  if (isNestedDeployment(resource) || target.acceptsType(type)) return;
  const [namespace, ...rest] = type.split('/');
  // Pretend: Azure's sentence goes on with the supported api-versions, and its status is the provider's.
  throw new ServiceError(
    400,
    'InvalidResourceType',
    `The resource type '${rest.join('/')}' could not be found in the namespace '${namespace}' for api version '${apiVersion}'.`,
    { fromGateway: true },
  );
}
