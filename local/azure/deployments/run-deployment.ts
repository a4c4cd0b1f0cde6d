import { ServiceError } from '../http/service-error.ts';
import type { Resource } from '../resource-manager/resource.ts';
import type {
  DeploymentFailure,
  DeploymentRecord,
  DeploymentTarget,
  ProvisioningState,
} from './deployment.ts';
import { describeDeployment, describeParameters } from './deployment-record.ts';
import { evaluateTree } from './expression/evaluate.ts';
import { deploymentFailed, failureOf, NestedDeploymentFailed } from './failure.ts';
import { reasonOf } from './invalid-template.ts';
import { readNestedDeployment, requireGroup, requireSubscription } from './nested-deployments.ts';
import { evaluateOutputs } from './outputs.ts';
import {
  type DeploymentPlan,
  type PreparedDeployment,
  planDeployment,
  prepareDeployment,
} from './prepare-deployment.ts';
import { bodyToPut } from './resource-body.ts';
import { runInOrder } from './schedule.ts';
import { isNestedDeployment } from './template-expressions.ts';
import { describePosition } from './template-position.ts';
import type { ResourceInstance } from './template-resources.ts';

export interface DeploymentOutcome {
  readonly record: DeploymentRecord;
  /** Every output with its value, for the parent of a nested deployment. */
  readonly secureOutputs: Readonly<Record<string, unknown>>;
}

/**
 * Deploys what has been prepared: resources in their order, then the outputs. Never rejects.
 *
 * @param plan from validation; made anew if it had to leave something open
 */
export async function runDeployment(
  deployment: PreparedDeployment,
  target: DeploymentTarget,
  plan: DeploymentPlan,
): Promise<DeploymentOutcome> {
  const base = describeDeployment(deployment, plan);
  const record = (state: ProvisioningState, more: Partial<DeploymentRecord> = {}) => {
    const changedMs = target.clock.nowMs();
    const made: DeploymentRecord = { ...base, state, changedMs, ...more };
    target.recordDeployment(made);
    return made;
  };
  record('Running');
  try {
    const whole = await wholePlan(deployment, plan);
    const described = describeDeployment(deployment, whole);
    const outputResources: { id: string }[] = [];
    const errors = await runInOrder(whole.graph.nodes, (instance) =>
      deployInstance(instance, deployment, target, outputResources),
    );
    if (errors.length > 0) {
      const error = deploymentFailed(deployment.id, errors.map(failureOf));
      return { record: record('Failed', { ...described, error }), secureOutputs: {} };
    }
    return await finish(
      deployment,
      target,
      (state, more) =>
        record(state, { ...described, parameters: describeParameters(deployment), ...more }),
      outputResources,
    );
  } catch (error) {
    return { record: record('Failed', { error: failureOf(error) }), secureOutputs: {} };
  }
}

async function wholePlan(
  { lookups, template, expressions }: PreparedDeployment,
  plan: DeploymentPlan,
): Promise<DeploymentPlan> {
  if (plan.pending.length === 0) return plan;
  return lookups.resolve(() => planDeployment(template, expressions, 'whole'));
}

async function finish(
  deployment: PreparedDeployment,
  target: DeploymentTarget,
  record: (state: ProvisioningState, more: Partial<DeploymentRecord>) => DeploymentRecord,
  outputResources: readonly { readonly id: string }[],
): Promise<DeploymentOutcome> {
  const startedMs = target.clock.nowMs();
  const outputs = await evaluateOutputs(deployment);
  if (!('shown' in outputs)) {
    const failure: DeploymentFailure = outputs;
    return { record: record('Failed', { error: failure }), secureOutputs: {} };
  }
  deployment.log.addOutputEvaluation(startedMs);
  const hasOutputs = deployment.template.outputs.length > 0;
  return {
    record: record('Succeeded', {
      ...(hasOutputs && { outputs: outputs.shown }),
      outputResources,
    }),
    secureOutputs: outputs.secure,
  };
}

async function deployInstance(
  instance: ResourceInstance,
  deployment: PreparedDeployment,
  target: DeploymentTarget,
  outputResources: { id: string }[],
): Promise<void> {
  const { id, resource } = instance;
  if (resource.existing) return;
  const exists = target.exists(id);
  if (resource.onlyIfNotExists && exists) {
    outputResources.push({ id });
    return;
  }
  await deployment.log.create(id, exists, async () => {
    if (isNestedDeployment(resource)) {
      outputResources.push(...(await deployNested(instance, deployment, target)));
      return;
    }
    const stored = await put(instance, deployment, target);
    deployment.lookups.addDeployed(id, { resource: stored });
    outputResources.push({ id: stored.id });
  });
}

async function put(
  instance: ResourceInstance,
  deployment: PreparedDeployment,
  target: DeploymentTarget,
): Promise<Resource> {
  const { id, apiVersion, resource, scope } = instance;
  const body = await atRunTime(instance, deployment, () =>
    deployment.lookups.resolve(() => evaluateTree(resource.body, scope)),
  );
  return target.put(deployment.input.caller, id, apiVersion, bodyToPut(body));
}

async function deployNested(
  instance: ResourceInstance,
  deployment: PreparedDeployment,
  target: DeploymentTarget,
): Promise<readonly { readonly id: string }[]> {
  const { id } = instance;
  const { input, lookups } = deployment;
  const nested = await atRunTime(instance, deployment, () =>
    lookups.resolve(() =>
      readNestedDeployment(instance, input.place, (value) => evaluateTree(value, instance.scope)),
    ),
  );
  requireSubscription(nested.place, target);
  requireGroup(nested.place, target);
  const prepared = prepareDeployment({ ...input, ...nested }, target);
  const plan = planDeployment(prepared.template, prepared.expressions);
  const { record, secureOutputs } = await runDeployment(prepared, target, plan);
  if (record.error) throw new NestedDeploymentFailed(id, record.error);
  lookups.addDeployed(id, {
    resource: {
      id,
      properties: {
        mode: 'Incremental',
        provisioningState: record.state,
        correlationId: record.correlationId,
        parameters: record.parameters,
        outputs: record.outputs ?? {},
        outputResources: record.outputResources ?? [],
      },
    },
    secureOutputs,
  });
  return record.outputResources ?? [];
}

/** An expression that can't be evaluated says in which resource. Source: dmauser/opnazure#60. */
async function atRunTime<Result>(
  { id, resource }: ResourceInstance,
  { template }: PreparedDeployment,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'InvalidTemplate') throw error;
    const position = describePosition(template.source, resource.path);
    throw new ServiceError(
      400,
      'InvalidTemplate',
      `Unable to process template language expressions for resource '${id}' ${position}. '${reasonOf(error)}'`,
    );
  }
}
