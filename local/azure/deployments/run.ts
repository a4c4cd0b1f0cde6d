import { randomUUID } from 'node:crypto';
import type {
  DeploymentRecord,
  DeploymentRequest,
  Deployments,
  DeploymentTarget,
} from './deployment.ts';
import { describeDeployment } from './deployment-record.ts';
import { inRefusal } from './invalid-template.ts';
import {
  type DeploymentPlan,
  type PreparedDeployment,
  prepareDeployment,
} from './prepare-deployment.ts';
import { runDeployment } from './run-deployment.ts';
import { validateDeployment } from './validate.ts';

/** The deployment engine: evaluates templates and deploys them, in incremental mode, to `target`. */
export function createDeployments(target: DeploymentTarget): Deployments {
  const accept = (request: DeploymentRequest) =>
    inRefusal(() => {
      const { scope, ...rest } = request;
      const deployment = prepareDeployment(
        { ...rest, place: scope, correlationId: randomUUID() },
        target,
      );
      const { plan, ids } = validateDeployment(deployment, target);
      return { deployment, plan, ids, record: acceptedRecord(deployment, plan, target) };
    });
  return {
    validate: (request) => {
      const { record, ids } = accept(request);
      return { record, validatedResources: ids.map((id) => ({ id })) };
    },
    start: (request) => {
      const { deployment, plan, record } = accept(request);
      target.recordDeployment(record);
      const done = runDeployment(deployment, target, plan).then((outcome) => outcome.record);
      return { accepted: record, done };
    },
  };
}

function acceptedRecord(
  deployment: PreparedDeployment,
  plan: DeploymentPlan,
  target: DeploymentTarget,
): DeploymentRecord {
  const changedMs = target.clock.nowMs();
  return { ...describeDeployment(deployment, plan), state: 'Accepted', changedMs };
}
