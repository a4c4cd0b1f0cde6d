import { loopCount, loopScopes } from './copy-loops.ts';
import type { DeploymentParameter, DeploymentScope } from './deployment.ts';
import { DeploymentExpressions } from './deployment-scope.ts';
import { inResource } from './expand-resources.ts';
import { accessProperty } from './expression/access-property.ts';
import { Deferred } from './expression/deferred.ts';
import { evaluateOffline, evaluatePartially, printDeferred } from './expression/partial.ts';
import { printValue } from './expression/print.ts';
import { notDeployedHere } from './invalid-template.ts';
import { readNestedDeployment } from './nested-deployments.ts';
import { deferredCall, OfflineFacts } from './offline-facts.ts';
import { checkGivenParameters } from './parameters.ts';
import { parseTemplate } from './parse-template.ts';
import { planDeployment } from './prepare-deployment.ts';
import { bodyToPut } from './resource-body.ts';
import { checkExpressions } from './static-checks.ts';
import type { Template } from './template.ts';
import { isNestedDeployment } from './template-expressions.ts';
import type { ResourceInstance } from './template-resources.ts';
import { isSecure, resolveType } from './type-references.ts';

export interface PredictedResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly apiVersion: string;
  /** And the body: what only run time knows stays an expression, `[reference(…).principalId]`. */
  readonly [member: string]: unknown;
}

export interface SnapshotRequest {
  readonly template: unknown;
  readonly parameters: Readonly<Record<string, DeploymentParameter>>;
  readonly scope: DeploymentScope;
  readonly name?: string;
}

export interface Snapshot {
  readonly predictedResources: readonly PredictedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Evaluates a template without ARM, nested deployments included: what `bicep snapshot` predicts.
 *
 * @throws ServiceError 400
 */
export function snapshotTemplate(request: SnapshotRequest): Snapshot {
  const facts = new OfflineFacts();
  const template = parseTemplate(request.template);
  const given = withoutSecrets(template, request.parameters);
  const { predictedResources, outputs } = takeSnapshot(
    { template, given, scope: request.scope, name: request.name ?? 'main' },
    facts,
  );
  const printed = Object.entries(outputs).map(([name, value]) => [name, printOutput(value)]);
  return { predictedResources, outputs: Object.fromEntries(printed) };
}

/** Azure: an output of which a part is left for run time is one expression (`bicep snapshot`). */
function printOutput(value: unknown): unknown {
  return hasDeferred(value) ? `[${printValue(value)}]` : value;
}

function hasDeferred(value: unknown): boolean {
  if (value instanceof Deferred) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasDeferred);
}

interface Source {
  readonly template: Template;
  readonly given: Readonly<Record<string, DeploymentParameter>>;
  readonly scope: DeploymentScope;
  readonly name: string;
}

function takeSnapshot({ template, given, scope, name }: Source, facts: OfflineFacts): Snapshot {
  checkExpressions(template);
  checkGivenParameters(template, given);
  const expressions = new DeploymentExpressions({ template, name, place: scope, given, facts });
  const { graph, pending } = planDeployment(template, expressions);
  const [unresolved] = pending;
  if (unresolved) throw notDeployedHere(`A snapshot of '${unresolved.name}', whose name is`);
  const predictedResources: PredictedResource[] = [];
  for (const instance of inOrder(graph.nodes)) {
    if (instance.resource.existing || !instance.deployed) continue;
    const found = inResource(instance.resource, template, () => predict(instance, scope, facts));
    predictedResources.push(...found);
  }
  return { predictedResources, outputs: outputsOf(template, expressions) };
}

function predict(
  instance: ResourceInstance,
  scope: DeploymentScope,
  facts: OfflineFacts,
): readonly PredictedResource[] {
  const { id, name, apiVersion, resource } = instance;
  if (isNestedDeployment(resource)) return predictNested(instance, scope, facts);
  const body = bodyToPut(evaluatePartially(resource.body, instance.scope));
  facts.addResource(id, resource.type, body);
  const shown = printDeferred(body) as Readonly<Record<string, unknown>>;
  const { deferredCondition } = instance;
  const condition = deferredCondition && { condition: printDeferred(deferredCondition) };
  return [{ id, type: resource.type, ...condition, name, apiVersion, ...shown }];
}

function predictNested(
  instance: ResourceInstance,
  scope: DeploymentScope,
  facts: OfflineFacts,
): readonly PredictedResource[] {
  const nested = readNestedDeployment(
    instance,
    scope,
    (value) => evaluatePartially(value, instance.scope),
    (value) => evaluateOffline(value, instance.scope),
  );
  const { predictedResources, outputs } = takeSnapshot(
    {
      template: parseTemplate(nested.template),
      given: wholeEntries(nested.parameters),
      scope: facts.located(nested.place),
      name: nested.name,
    },
    facts,
  );
  facts.addOutputs(instance.id, outputs);
  return predictedResources;
}

/** Of a `{ value }` that is itself not known, the value is what it will have. */
function wholeEntries(parameters: Source['given']): Source['given'] {
  const entries = Object.entries(parameters).map(([name, entry]) => [
    name,
    entry instanceof Deferred ? { value: accessProperty(entry, 'value') } : entry,
  ]);
  return Object.fromEntries(entries);
}

function* inOrder(nodes: ReturnType<typeof planDeployment>['graph']['nodes']) {
  const waitsFor = new Map(nodes.map((node) => [node, node.waitsFor]));
  const ready = nodes.filter((node) => node.waitsFor === 0);
  for (const node of ready) {
    if (node.instance) yield node.instance;
    for (const dependent of node.dependents) {
      const left = (waitsFor.get(dependent) ?? 0) - 1;
      waitsFor.set(dependent, left);
      if (left === 0) ready.push(dependent);
    }
  }
}

/** Azure: a secret that is given stays a reference to its parameter (`bicep snapshot`). */
function withoutSecrets(
  template: Template,
  parameters: SnapshotRequest['parameters'],
): Source['given'] {
  const given: Record<string, DeploymentParameter> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    const definition = template.parameters.get(name.toLowerCase());
    const secure = definition && isSecure(resolveType(definition, template.definitions));
    given[name] = secure ? { value: deferredCall('parameters', name) } : parameter;
  }
  return given;
}

function outputsOf(
  template: Template,
  expressions: DeploymentExpressions,
): Readonly<Record<string, unknown>> {
  const outputs: Record<string, unknown> = {};
  for (const { name, condition, value, loop } of template.outputs) {
    if (condition !== undefined && evaluatePartially(condition, expressions) === false) continue;
    outputs[name] = loop
      ? loopScopes(name, loopCount(loop.count, expressions, ''), expressions).map((turn) =>
          evaluatePartially(loop.input, turn),
        )
      : evaluatePartially(value, expressions);
  }
  return outputs;
}
