import type { DeploymentParameter, DeploymentScope, DeploymentTarget } from './deployment.ts';
import { invalidTemplate, notDeployedHere, unknownMember } from './invalid-template.ts';
import { isObject, type JsonObject, member } from './json-values.ts';
import { groupNotFound, subscriptionNotFound } from './not-found.ts';
import { nestedScope, scopeIdOf } from './scopes.ts';
import { hasInnerScope } from './template-expressions.ts';
import { describePath } from './template-position.ts';
import type { ResourceInstance } from './template-resources.ts';

const MEMBERS = [
  'mode',
  'template',
  'parameters',
  'expressionEvaluationOptions',
  'debugSetting',
  'validationLevel',
];
const NOT_DEPLOYED = [
  'templateLink',
  'parametersLink',
  'onErrorDeployment',
  'extensionConfigs',
  'externalInputs',
  'externalInputDefinitions',
];

/** A nested deployment, as its parent passes it on. */
export interface NestedDeployment {
  readonly name: string;
  readonly place: DeploymentScope;
  readonly template: unknown;
  readonly parameters: Readonly<Record<string, DeploymentParameter>>;
}

/**
 * Reads a `Microsoft.Resources/deployments` resource. With inner scope its template goes on as written; else
 * the parent evaluates the template's expressions first (the default).
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates
 *
 * @param evaluate the parent's evaluation of a tree
 * @param evaluateTemplate the same, for a template that the parent evaluates
 * @param place of the parent
 * @throws ServiceError 400 `InvalidTemplate`; what `evaluate` throws
 */
export function readNestedDeployment(
  instance: ResourceInstance,
  place: DeploymentScope,
  evaluate: (value: unknown) => unknown,
  evaluateTemplate = evaluate,
): NestedDeployment {
  const { body, path } = instance.resource;
  const { properties } = body;
  if (!isObject(properties)) {
    throw unknownMember('properties', 'TemplateResource', describePath(path));
  }
  checkMembers(properties, describePath(path));
  const template = member(properties, 'template');
  const parameters = evaluate(member(properties, 'parameters') ?? {});
  const location = body.location === undefined ? undefined : evaluate(body.location);
  return {
    name: instance.name,
    place: nestedScope(
      instance.placement,
      place,
      typeof location === 'string' ? location : undefined,
    ),
    template: hasInnerScope(properties) ? template : evaluateTemplate(template),
    parameters: isObject(parameters) ? (parameters as NestedDeployment['parameters']) : {},
  };
}

/**
 * Pretend: Azure's frame around the words is not recorded, nor whether it says so before it asks for rights there.
 *
 * @throws ServiceError 404 `SubscriptionNotFound`
 */
export function requireSubscription(
  { subscriptionId }: DeploymentScope,
  target: DeploymentTarget,
): void {
  if (target.subscriptionName(subscriptionId) === undefined) {
    throw subscriptionNotFound(subscriptionId);
  }
}

/** Only when the deployment's turn has come: an earlier resource may make the group. */
export function requireGroup(place: DeploymentScope, target: DeploymentTarget): void {
  if (place.resourceGroup !== undefined && !target.exists(scopeIdOf(place))) {
    throw groupNotFound(place.resourceGroup);
  }
}

function checkMembers(properties: JsonObject, path: string): void {
  for (const name of Object.keys(properties)) {
    const isNamed = (known: string) => known.toLowerCase() === name.toLowerCase();
    if (NOT_DEPLOYED.some(isNamed)) throw notDeployedHere(`A nested deployment's '${name}'`);
    if (!MEMBERS.some(isNamed)) {
      throw unknownMember(name, 'DeploymentProperties', `${path}.properties.${name}`);
    }
  }
  const mode = member(properties, 'mode');
  if (String(mode).toLowerCase() === 'incremental') return;
  if (mode === undefined) {
    // Pretend: Azure's own words for a nested deployment without a mode are not recorded.
    throw invalidTemplate("The 'mode' of a nested deployment must be specified");
  }
  throw notDeployedHere(`The mode '${mode}' of a nested deployment`);
}
