import { refuse } from '../functions/refusal.ts';
import type { ExpressionScope } from './expression-scope.ts';

/**
 * The scope in one turn of a resource's or output's loop: copyIndex(), with or without the
 * loop's name, gives `index` (from 0).
 */
export function withLoop(scope: ExpressionScope, name: string, index: number): ExpressionScope {
  return deriveScope(scope, {
    copyIndex: (loopName) =>
      loopName === undefined || isSameName(loopName, name) ? index : scope.copyIndex(loopName),
  });
}

/** The same for the loop of a property or a variable. Azure: its index has to be asked for by name (golden/engine.json). */
export function withNamedLoop(
  scope: ExpressionScope,
  name: string,
  index: number,
): ExpressionScope {
  return deriveScope(scope, {
    copyIndex: (loopName) =>
      loopName !== undefined && isSameName(loopName, name) ? index : scope.copyIndex(loopName),
  });
}

function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** The scope inside of a user-defined function: its own parameters in place of the template's. */
export function withParameters(
  scope: ExpressionScope,
  functionName: string,
  parameters: ReadonlyMap<string, unknown>,
): ExpressionScope {
  return deriveScope(scope, {
    parameter: (name) => {
      const key = name.toLowerCase();
      if (parameters.has(key)) return parameters.get(key);
      throw refuse(
        `The parameter '${name}' is not found in template function '${functionName}'. Please see https://aka.ms/arm-syntax-functions for usage details.`,
      );
    },
  });
}

/** Members are bound one by one: a scope may be a class with private fields, which a prototype chain would break. */
function deriveScope(
  scope: ExpressionScope,
  overrides: Partial<Pick<ExpressionScope, 'copyIndex' | 'parameter'>>,
): ExpressionScope {
  return {
    subscriptionId: scope.subscriptionId,
    resourceGroupName: scope.resourceGroupName,
    parameter: (name) => scope.parameter(name),
    variable: (name) => scope.variable(name),
    copyIndex: (loopName) => scope.copyIndex(loopName),
    deployment: () => scope.deployment(),
    deployer: () => scope.deployer(),
    environment: () => scope.environment(),
    tenant: () => scope.tenant(),
    subscription: () => scope.subscription(),
    resourceGroup: () => scope.resourceGroup(),
    managementGroup: () => scope.managementGroup(),
    reference: (args) => scope.reference(args),
    references: (args) => scope.references(args),
    resourceInfo: (symbolicName) => scope.resourceInfo(symbolicName),
    list: (functionName, args) => scope.list(functionName, args),
    userFunction: (namespace, name) => scope.userFunction(namespace, name),
    utcNow: (format) => scope.utcNow(format),
    newGuid: () => scope.newGuid(),
    ...overrides,
  };
}
