import type { Caller } from '../tokens/tokens.ts';
import { buildDependencyGraph, type DependencyGraph } from './dependency-graph.ts';
import type { DeploymentParameter, DeploymentScope, DeploymentTarget } from './deployment.ts';
import { DeploymentExpressions } from './deployment-scope.ts';
import { expandResources } from './expand-resources.ts';
import { Lookups } from './lookups.ts';
import { OperationLog } from './operations.ts';
import { checkGivenParameters } from './parameters.ts';
import { parseTemplate } from './parse-template.ts';
import { deploymentIdOf, locationRequired } from './scopes.ts';
import { checkExpressions } from './static-checks.ts';
import type { Template, TemplateResource } from './template.ts';
import type { TemplateResources } from './template-resources.ts';

/** A deployment to run, the request's or a nested one. */
export interface DeploymentInput {
  readonly name: string;
  readonly place: DeploymentScope;
  readonly template: unknown;
  readonly parameters: Readonly<Record<string, DeploymentParameter>>;
  readonly caller: Caller;
  readonly correlationId: string;
}

export interface PreparedDeployment {
  readonly id: string;
  readonly input: DeploymentInput;
  readonly template: Template;
  readonly expressions: DeploymentExpressions;
  readonly lookups: Lookups;
  readonly log: OperationLog;
  readonly startedMs: number;
}

/** The resources of a deployment and their order. */
export interface DeploymentPlan {
  readonly resources: TemplateResources;
  readonly graph: DependencyGraph;
  /** Not to be told before run time. */
  readonly pending: readonly TemplateResource[];
}

/**
 * Reads a template and checks all of it that can be checked without ARM: form, functions, parameters.
 *
 * @throws ServiceError 400
 */
export function prepareDeployment(
  input: DeploymentInput,
  target: DeploymentTarget,
): PreparedDeployment {
  const { name, place, caller } = input;
  const template = parseTemplate(input.template);
  if (place.resourceGroup === undefined && place.location === undefined) {
    throw locationRequired(name);
  }
  checkExpressions(template);
  const id = deploymentIdOf(place, name);
  const log = new OperationLog(id, target.clock);
  const lookups = new Lookups(target, caller, log);
  const given = lookups.withSecrets(input.parameters);
  checkGivenParameters(template, given);
  const startedMs = target.clock.nowMs();
  const expressions = new DeploymentExpressions({
    template,
    name,
    place,
    given,
    facts: lookups,
  });
  return { id, input, template, expressions, lookups, log, startedMs };
}

/**
 * Says what is deployed, and in which order.
 *
 * @param extent `open`: what only run time can tell is left out, and listed
 * @throws ServiceError 400 `InvalidTemplate`; PendingLookup if all must be told
 */
export function planDeployment(
  template: Template,
  expressions: DeploymentExpressions,
  extent: 'open' | 'whole' = 'open',
): DeploymentPlan {
  const { resources, pending } = expandResources(template, expressions, extent);
  expressions.resources = resources;
  return {
    resources,
    pending,
    graph: buildDependencyGraph(resources, expressions.context, pending.length === 0),
  };
}
