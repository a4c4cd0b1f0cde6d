import { ServiceError } from '../http/service-error.ts';
import { inResource } from './expand-resources.ts';
import type { FunctionCall } from './expression/expression.ts';
import { findFunction } from './functions/function-table.ts';
import { invalidTemplate, reasonOf } from './invalid-template.ts';
import type { Template, TemplateResource } from './template.ts';
import { ownBody, visitCalls } from './template-expressions.ts';
import { describePosition } from './template-position.ts';

/** Only a default value may differ from one deployment to the next. */
const ONLY_IN_DEFAULTS = ['newguid', 'utcnow'];
const RUN_TIME = /^(references?$|list)/i;

/**
 * Checks every expression of a template before anything is deployed: that it can be parsed, that each
 * function exists, and that it may stand where it stands. Wording: Microsoft's engine (`bicep snapshot`).
 * A nested template with inner scope is checked for itself.
 *
 * @throws ServiceError 400 `InvalidTemplate`
 */
export function checkExpressions(template: Template): void {
  for (const parameter of template.parameters.values()) {
    const path = ['parameters', parameter.name, 'defaultValue'];
    rephrase(
      () => checkCalls(parameter.defaultValue, template, { runTime: false, defaults: true }),
      (reason) =>
        `The template expression in parameter '${parameter.name}' ${describePosition(template.source, path)} is not valid: ${reason}`,
    );
  }
  for (const variable of template.variables.values()) {
    const content = 'loop' in variable ? variable.loop : variable.value;
    rephrase(
      () => checkCalls(content, template, { runTime: false }),
      (reason) =>
        `The template variable '${variable.name}' is not valid: ${reason}. Please see https://aka.ms/arm-functions for usage details.`,
    );
  }
  for (const userFunction of template.functions.values()) {
    checkCalls(userFunction.output.value, template, { runTime: false });
  }
  for (const resource of template.resources) {
    inResource(resource, template, () => checkResource(resource, template));
  }
  for (const { name, condition, value, loop } of template.outputs) {
    rephrase(
      () => checkCalls([condition, value, loop], template, { runTime: true }),
      (reason) => `The template output '${name}' is not valid: ${reason}.`,
    );
  }
}

/** Azure: reference() and list*() may stand in properties, tags and sku only (`bicep snapshot`). */
function checkResource(resource: TemplateResource, template: Template): void {
  const { name, apiVersion, condition, loop, dependsOn, scope, resourceGroup, subscriptionId } =
    resource;
  const fixed = [
    name,
    apiVersion,
    condition,
    loop,
    dependsOn,
    scope,
    resourceGroup,
    subscriptionId,
  ];
  checkCalls(fixed, template, { runTime: false });
  const { properties, tags, sku, ...others } = ownBody(resource);
  checkCalls([properties, tags, sku], template, { runTime: true });
  checkCalls(others, template, { runTime: false });
}

interface Allowed {
  /** reference() and list*(). */
  readonly runTime: boolean;
  /** newGuid() and utcNow(). */
  readonly defaults?: boolean;
}

function checkCalls(value: unknown, template: Template, allowed: Allowed): void {
  visitCalls(value, (call) => {
    checkExists(call, template);
    const name = call.name.toLowerCase();
    if (call.namespace !== undefined) return;
    if (ONLY_IN_DEFAULTS.includes(name) && !allowed.defaults) {
      throw unexpected(
        call.name,
        ' The function can only be used with parameter default value expresions.',
      );
    }
    if (RUN_TIME.test(name) && !allowed.runTime) throw unexpected(call.name, '');
  });
}

function checkExists({ namespace, name }: FunctionCall, template: Template): void {
  const exists =
    namespace === undefined
      ? findFunction(name) !== undefined
      : template.functions.has(`${namespace}.${name}`.toLowerCase());
  if (exists) return;
  const shown = namespace === undefined ? name : `${namespace}.${name}`;
  throw invalidTemplate(
    `The template function '${shown}' is not valid. Please see https://aka.ms/arm-functions for usage details.`,
  );
}

function unexpected(name: string, more: string): ServiceError {
  return invalidTemplate(
    `The template function '${name}' is not expected at this location.${more} Please see https://aka.ms/arm-functions for usage details.`,
  );
}

function rephrase(check: () => void, phrase: (reason: string) => string): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw invalidTemplate(phrase(reasonOf(error)));
  }
}
