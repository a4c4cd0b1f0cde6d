import { ServiceError } from '../http/service-error.ts';
import { loopCount } from './copy-loops.ts';
import type { DeploymentScope } from './deployment.ts';
import { Deferred } from './expression/deferred.ts';
import { withNamedLoop } from './expression/derived-scope.ts';
import { type ExpressionScope, PendingLookup } from './expression/expression-scope.ts';
import { invalidTemplate, reasonOf } from './invalid-template.ts';
import { type GivenParameters, parameterValue } from './parameters.ts';
import type { RunTimeFacts } from './run-time-facts.ts';
import {
  isAboutSymbol,
  noLoop,
  notAnId,
  notAtThisScope,
  symbolNotFound,
  unknownReference,
} from './scope-refusals.ts';
import { scopeIdOf, shortReference } from './scopes.ts';
import type { Template, UserFunction, VariableDefinition } from './template.ts';
import { describePosition } from './template-position.ts';
import type { TemplateResources } from './template-resources.ts';

export interface DeploymentContext {
  readonly template: Template;
  readonly name: string;
  readonly place: DeploymentScope;
  readonly given: GivenParameters;
  readonly facts: RunTimeFacts;
}

/**
 * What the expressions of one deployment see. Parameters and variables are evaluated when they are first
 * asked for, and once.
 */
export class DeploymentExpressions implements ExpressionScope {
  readonly context: DeploymentContext;
  readonly subscriptionId: string;
  readonly resourceGroupName: string | undefined;
  /** Set as soon as the resources are known; names before that may not refer to them. */
  resources: TemplateResources | undefined;
  readonly #parameters = new Map<string, unknown>();
  readonly #variables = new Map<string, unknown>();
  readonly #evaluating: string[] = [];

  constructor(context: DeploymentContext) {
    this.context = context;
    this.subscriptionId = context.place.subscriptionId;
    this.resourceGroupName = context.place.resourceGroup;
  }

  parameter(name: string): unknown {
    const key = name.toLowerCase();
    if (this.#parameters.has(key)) return this.#parameters.get(key);
    const { template, given, facts } = this.context;
    const definition = template.parameters.get(key);
    if (definition === undefined) throw symbolNotFound('parameter', name);
    const value = this.#once(definition.name, () =>
      parameterValue(definition, given, template, (value) => facts.evaluate(value, this)),
    );
    this.#parameters.set(key, value);
    return value;
  }

  variable(name: string): unknown {
    const key = name.toLowerCase();
    if (this.#variables.has(key)) return this.#variables.get(key);
    const definition = this.context.template.variables.get(key);
    if (definition === undefined) throw symbolNotFound('variable', name);
    const value = this.#once(definition.name, () => this.#evaluateVariable(definition));
    this.#variables.set(key, value);
    return value;
  }

  #evaluateVariable(definition: VariableDefinition): unknown {
    try {
      const { template, facts } = this.context;
      if (!('loop' in definition)) return facts.evaluate(definition.value, this);
      const { name, loop } = definition;
      const position = describePosition(template.source, ['variables', 'copy']);
      const count = loopCount(loop.count, this, position);
      return Array.from({ length: count }, (_, index) =>
        facts.evaluate(loop.input, withNamedLoop(this, name, index)),
      );
    } catch (error) {
      if (!(error instanceof ServiceError) || isAboutSymbol(error)) throw error;
      throw invalidTemplate(
        `The template variable '${definition.name}' is not valid: ${reasonOf(error)}. Please see https://aka.ms/arm-functions for usage details.`,
      );
    }
  }

  /** Refuses a definition that needs itself. */
  #once(name: string, evaluate: () => unknown): unknown {
    const start = this.#evaluating.indexOf(name);
    if (start >= 0) {
      const circle = [...this.#evaluating.slice(start), name].join(' -> ');
      throw invalidTemplate(`The '${name}' symbol's definition cycles back to itself (${circle}).`);
    }
    this.#evaluating.push(name);
    try {
      return evaluate();
    } finally {
      this.#evaluating.pop();
    }
  }

  copyIndex(loopName: string | undefined): number {
    throw noLoop(loopName);
  }

  deployment(): unknown {
    const { name, place, template } = this.context;
    return {
      name,
      ...(place.resourceGroup === undefined && { location: place.location }),
      properties: {
        template: template.source,
        mode: 'Incremental',
        provisioningState: 'Accepted',
      },
    };
  }

  deployer(): unknown {
    return this.context.facts.deployer();
  }

  environment(): unknown {
    return this.context.facts.environment();
  }

  tenant(): unknown {
    return this.context.facts.tenant(this.context.place);
  }

  subscription(): unknown {
    return this.context.facts.subscription(this.context.place);
  }

  resourceGroup(): unknown {
    if (this.resourceGroupName === undefined) throw notAtThisScope('resourceGroup');
    return this.context.facts.resourceGroup(this.context.place);
  }

  managementGroup(): unknown {
    throw notAtThisScope('managementGroup');
  }

  reference(args: readonly unknown[]): unknown {
    const { id, apiVersion } = this.#referenced('reference', args);
    return this.context.facts.reference(id, apiVersion, fullArgument(args[2]));
  }

  references(args: readonly unknown[]): unknown {
    const loop = this.resources?.findLoop(String(args[0]));
    if (loop === undefined) throw unknownReference(String(args[0]));
    const full = fullArgument(args[1]);
    return loop.instances
      .filter(({ deployed }) => deployed)
      .map(({ id, apiVersion }) => this.context.facts.reference(id, apiVersion, full));
  }

  resourceInfo(symbolicName: string): unknown {
    const instance = this.resources?.find(symbolicName);
    if (instance === undefined) throw unknownReference(symbolicName);
    const { id, name, apiVersion, resource } = instance;
    return { id, name, type: resource.type, apiVersion };
  }

  list(functionName: string, args: readonly unknown[]): unknown {
    const { id, apiVersion } = this.#referenced(functionName, args);
    return this.context.facts.list(functionName, id, apiVersion, args[2]);
  }

  /** A resource of the template by symbolic name or name, or any resource by its id and an api-version. */
  #referenced(functionName: string, args: readonly unknown[]): { id: string; apiVersion: string } {
    if (args.some((arg) => arg instanceof Deferred)) throw new PendingLookup(functionName);
    const target = String(args[0]);
    const given = typeof args[1] === 'string' && args[1] !== '' ? args[1] : undefined;
    const instance = this.resources?.find(target);
    if (instance) return { id: instance.id, apiVersion: given ?? instance.apiVersion };
    if (given === undefined) throw unknownReference(target);
    if (target.startsWith('/')) return { id: target, apiVersion: given };
    if (/^[^/]+(\/[^/]+\/[^/]+)+$/.test(target)) {
      return { id: `${scopeIdOf(this.context.place)}/providers/${target}`, apiVersion: given };
    }
    if (functionName === 'reference') throw unknownReference(target);
    throw notAnId(shortReference(target, this.context.place), functionName);
  }

  userFunction(
    namespace: string,
    name: string,
  ): { parameters: readonly string[]; output: unknown } | undefined {
    const found: UserFunction | undefined = this.context.template.functions.get(
      `${namespace}.${name}`.toLowerCase(),
    );
    return (
      found && {
        parameters: found.parameters.map((parameter) => parameter.name),
        output: found.output.value,
      }
    );
  }

  utcNow(format: string | undefined): string {
    return this.context.facts.utcNow(format);
  }

  newGuid(): string {
    return this.context.facts.newGuid();
  }
}

function fullArgument(argument: unknown): string | undefined {
  return typeof argument === 'string' && argument.toLowerCase() === 'full' ? argument : undefined;
}
