import { ServiceError } from '../http/service-error.ts';
import { loopCount, loopScopes } from './copy-loops.ts';
import { deferredIdentity } from './deferred-identity.ts';
import type { DeploymentExpressions } from './deployment-scope.ts';
import { Deferred } from './expression/deferred.ts';
import { type ExpressionScope, PendingLookup } from './expression/expression-scope.ts';
import { printDeferred } from './expression/partial.ts';
import { invalidTemplate, reasonOf } from './invalid-template.ts';
import { isAboutSymbol } from './scope-refusals.ts';
import { type Placement, resourceIdIn, scopeIdFor } from './scopes.ts';
import type { Template, TemplateResource } from './template.ts';
import { describePosition } from './template-position.ts';
import {
  type LoopInstances,
  type ResourceInstance,
  TemplateResources,
} from './template-resources.ts';

/**
 * Every resource of a template at every turn of its loop, with id, api-version and condition.
 * With extent `open`, a resource whose id hangs on a value that is not known before run time is left out
 * and listed in `pending`: a group's tags, or the parameters of a nested deployment in its first check.
 *
 * @throws ServiceError 400 `InvalidTemplate`; PendingLookup with extent `whole`
 */
export function expandResources(
  template: Template,
  expressions: DeploymentExpressions,
  extent: 'open' | 'whole',
): { readonly resources: TemplateResources; readonly pending: readonly TemplateResource[] } {
  const instances: ResourceInstance[] = [];
  const loops: LoopInstances[] = [];
  const pending: TemplateResource[] = [];
  for (const resource of template.resources) {
    try {
      const turns = expand(resource, template, expressions);
      instances.push(...turns);
      if (resource.loop) loops.push(...loopsOf(resource, resource.loop, turns));
    } catch (error) {
      if (!(error instanceof PendingLookup) || extent === 'whole') throw error;
      pending.push(resource);
    }
  }
  const resources = new TemplateResources(instances, loops, expressions.context.place);
  return { resources, pending };
}

/** A loop is named by its `copy` and, in a template with symbolic names, by its resource. */
function loopsOf(
  resource: TemplateResource,
  { name, batchSize }: NonNullable<TemplateResource['loop']>,
  instances: readonly ResourceInstance[],
): LoopInstances[] {
  if (resource.parent) return [];
  const loop = { name, instances, ...(batchSize !== undefined && { batchSize }) };
  const { symbolicName } = resource;
  if (symbolicName === undefined || symbolicName.toLowerCase() === name.toLowerCase())
    return [loop];
  return [{ ...loop, name: symbolicName }];
}

function expand(
  resource: TemplateResource,
  template: Template,
  expressions: DeploymentExpressions,
): readonly ResourceInstance[] {
  return inResource(resource, template, () => {
    const { loop } = resource;
    if (loop === undefined) return [identify(resource, template, expressions, expressions)];
    const at = typeof loop.count === 'string' ? ['copy', 'count'] : ['copy'];
    const position = describePosition(template.source, [...resource.path, ...at]);
    const count = loopCount(loop.count, expressions, position);
    return loopScopes(loop.name, count, expressions).map((scope, loopIndex) => ({
      ...identify(resource, template, expressions, scope),
      loopIndex,
    }));
  });
}

function identify(
  resource: TemplateResource,
  template: Template,
  expressions: DeploymentExpressions,
  scope: ExpressionScope,
): ResourceInstance {
  const { facts, place } = expressions.context;
  const evaluate = (text: string) => facts.evaluate(text, scope);
  const { deployed, condition } = evaluateCondition(resource, evaluate);
  try {
    const placement = evaluatePlacement(resource, evaluate);
    const name = wholeName(resource, evaluate);
    const apiVersion = apiVersionOf(resource, evaluate, String(name), template);
    const base = { resource, scope, apiVersion, placement, deployed, ...condition };
    if (name instanceof Deferred) {
      return { ...base, ...deferredIdentity(resource.type, name, placement, place) };
    }
    checkName(resource, name, template);
    return { ...base, name, id: resourceIdIn(scopeIdFor(placement, place), resource.type, name) };
  } catch (error) {
    // Azure: what is not deployed need not have a name: AVM's modules rely on it (Azure/bicep-registry-modules).
    if (deployed || !(error instanceof ServiceError)) throw error;
    return { resource, scope, id: '', name: '', apiVersion: '', placement: {}, deployed };
  }
}

type Evaluate = (text: string) => unknown;

function evaluatePlacement(resource: TemplateResource, evaluate: Evaluate): Placement {
  const evaluated = (text: string | undefined, name: string) =>
    text === undefined ? {} : { [name]: String(printDeferred(evaluate(text))) };
  // A nested child is where its parent is.
  const { scope: extended, subscriptionId, resourceGroup } = resource.parent ?? resource;
  return {
    ...evaluated(extended, 'scope'),
    ...evaluated(subscriptionId, 'subscriptionId'),
    ...evaluated(resourceGroup, 'resourceGroup'),
  };
}

/** A nested child says its own segment, or all of them. */
function wholeName(resource: TemplateResource, evaluate: Evaluate): string | Deferred {
  const value = evaluate(resource.name);
  if (value instanceof Deferred) return value;
  const name = String(value ?? '');
  if (!resource.parent) return name;
  const parentName = wholeName(resource.parent, evaluate);
  if (parentName instanceof Deferred) return parentName;
  return name.toLowerCase().startsWith(`${parentName.toLowerCase()}/`)
    ? name
    : `${parentName}/${name}`;
}

function checkName(resource: TemplateResource, name: string, template: Template): void {
  if (name === '') {
    throw invalidTemplate(
      `The template resource '' of type '${resource.type}' ${describeResource(resource, template)} is not valid. The name property cannot be null or empty. Please see https://aka.ms/arm-syntax-resources for usage details.`,
    );
  }
  const expected = resource.type.split('/').length - 1;
  const found = name.split('/').length;
  if (expected === found) return;
  const position = describePosition(template.source, [...resource.path, 'type']);
  throw invalidTemplate(
    `The template resource '${name}' of type '${resource.type}' ${position} has an invalid name. The name '${name}' contains '${found}' name segment(s) separated by '/', but '${expected}' segment(s) were expected. Please see https://aka.ms/arm-syntax-resources for usage details.`,
  );
}

function apiVersionOf(
  resource: TemplateResource,
  evaluate: Evaluate,
  name: string,
  template: Template,
): string {
  const { apiVersion } = resource;
  const value = typeof apiVersion === 'string' ? evaluate(apiVersion) : undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw invalidTemplate(
    `The template resource '${name}' is not valid. Both api-version property ${describeResource(resource, template)} and api-profile property for the template cannot be null or empty. Either explicitly specify the api-version for the resource or specify the api-profile for the template. Please see https://aka.ms/arm-syntax-resources for usage details.`,
  );
}

/** A condition that only run time can tell is kept, for a snapshot. */
function evaluateCondition(
  { condition }: TemplateResource,
  evaluate: Evaluate,
): { readonly deployed: boolean; readonly condition: { readonly deferredCondition?: Deferred } } {
  const value = typeof condition === 'string' ? evaluate(condition) : (condition ?? true);
  if (value instanceof Deferred) return { deployed: true, condition: { deferredCondition: value } };
  const text = String(value).toLowerCase();
  if (text === 'true' || text === 'false') return { deployed: text === 'true', condition: {} };
  // Pretend: Azure's own words for a condition that is no boolean are not recorded.
  throw invalidTemplate(`The condition '${value}' is not a boolean`);
}

function describeResource(resource: TemplateResource, template: Template): string {
  return describePosition(template.source, resource.path);
}

/**
 * Runs what belongs to one resource; an error in an expression says which resource it stands in.
 * Wording: Microsoft's engine (`bicep snapshot`).
 */
export function inResource<Result>(
  resource: TemplateResource,
  template: Template,
  run: () => Result,
): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'InvalidTemplate') throw error;
    const reason = reasonOf(error);
    if (isAboutSymbol(error) || /^The template (resource|'copy' definition) /.test(reason))
      throw error;
    throw invalidTemplate(
      `The template resource '${resource.name}' ${describeResource(resource, template)} is not valid: ${reason}. Please see https://aka.ms/arm-functions for usage details.`,
    );
  }
}
