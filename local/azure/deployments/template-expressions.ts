import type { Expression, FunctionCall } from './expression/expression.ts';
import { parseExpression } from './expression/parse.ts';
import { isObject, member } from './json-values.ts';
import { DEPLOYMENT_TYPE } from './scopes.ts';
import type { TemplateResource } from './template.ts';

/** `[…]` is an expression, `[[…` an escaped text. */
export function isExpression(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']') && !text.startsWith('[[');
}

/**
 * Calls `visit` with each function call in each expression of a JSON tree, property names included.
 *
 * @throws ServiceError 400 `InvalidTemplate` for an expression that can't be parsed
 */
export function visitCalls(value: unknown, visit: (call: FunctionCall) => void): void {
  if (typeof value === 'string') {
    if (isExpression(value)) visitExpression(parseExpression(value.slice(1, -1)), visit);
  } else if (Array.isArray(value)) {
    for (const item of value) visitCalls(item, visit);
  } else if (isObject(value)) {
    for (const [name, content] of Object.entries(value)) {
      visitCalls(name, visit);
      visitCalls(content, visit);
    }
  }
}

function visitExpression(expression: Expression, visit: (call: FunctionCall) => void): void {
  if (expression.kind === 'call') {
    visit(expression);
    for (const argument of expression.args) visitExpression(argument, visit);
  } else if (expression.kind === 'property') {
    visitExpression(expression.target, visit);
    visitExpression(expression.property, visit);
  }
}

export function isNestedDeployment(resource: TemplateResource): boolean {
  return resource.type.toLowerCase() === DEPLOYMENT_TYPE.toLowerCase() && !resource.existing;
}

/**
 * Whether a nested deployment's template is evaluated by itself. By default its parent evaluates it.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates#expression-evaluation-scope-in-nested-templates
 */
export function hasInnerScope(properties: unknown): boolean {
  const options = isObject(properties)
    ? member(properties, 'expressionEvaluationOptions')
    : undefined;
  return isObject(options) && String(member(options, 'scope')).toLowerCase() === 'inner';
}

/** The part of a resource's body whose expressions belong to the template that it stands in. */
export function ownBody(resource: TemplateResource): Readonly<Record<string, unknown>> {
  const { properties } = resource.body;
  if (!isNestedDeployment(resource) || !isObject(properties) || !hasInnerScope(properties)) {
    return resource.body;
  }
  const own = Object.entries(properties).filter(([name]) => name.toLowerCase() !== 'template');
  return { ...resource.body, properties: Object.fromEntries(own) };
}
