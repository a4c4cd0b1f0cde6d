import { asExpression } from './deferred-identity.ts';
import type { DeploymentScope } from './deployment.ts';
import { Deferred } from './expression/deferred.ts';
import type { Expression } from './expression/expression.ts';
import { type ExpressionScope, PendingLookup } from './expression/expression-scope.ts';
import { evaluatePartially } from './expression/partial.ts';
import { type RunTimeFacts, unreadGroup } from './run-time-facts.ts';
import { scopeIdOf } from './scopes.ts';

/**
 * The facts of a deployment that is only predicted: what ARM would have to say stays an expression, in the
 * canonical form of `bicep snapshot` (whole ids, with api-version).
 */
export class OfflineFacts implements RunTimeFacts {
  /** Outputs of nested deployments that have been predicted, by lower-case id. */
  readonly #outputs = new Map<string, Readonly<Record<string, { readonly value: unknown }>>>();
  /** Locations of groups that the template makes. */
  readonly #groupLocations = new Map<string, string>();

  addOutputs(deploymentId: string, outputs: Readonly<Record<string, unknown>>): void {
    const values = Object.entries(outputs).map(([name, value]) => [name, { value }]);
    this.#outputs.set(deploymentId.toLowerCase(), Object.fromEntries(values));
  }

  addResource(id: string, type: string, body: Readonly<Record<string, unknown>>): void {
    if (!/^Microsoft\.Resources\/resourceGroups$/i.test(type)) return;
    const { location } = body;
    if (typeof location !== 'string') return;
    this.#groupLocations.set(id.toLowerCase(), location);
  }

  /** A scope with the location of its group, if the template makes that. */
  located(scope: DeploymentScope): DeploymentScope {
    const location = this.#groupLocations.get(scopeIdOf(scope).toLowerCase());
    return scope.location === undefined && location !== undefined ? { ...scope, location } : scope;
  }

  reference(id: string, apiVersion: string, full: string | undefined): unknown {
    const outputs = this.#outputs.get(id.toLowerCase());
    if (outputs && full === undefined) return { outputs };
    return deferredCall('reference', id, apiVersion, ...(full === undefined ? [] : [full]));
  }

  list(functionName: string, id: string, apiVersion: string, body: unknown): unknown {
    const outputs = this.#outputs.get(id.toLowerCase());
    if (outputs && /^listOutputsWithSecureValues$/i.test(functionName)) {
      return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
    }
    return deferredCall(functionName, id, apiVersion, ...(body === undefined ? [] : [body]));
  }

  resourceGroup(scope: DeploymentScope): Readonly<Record<string, unknown>> {
    return unreadGroup(scope, (name) => ({ value: deferredMember('resourceGroup', name) }));
  }

  subscription({ subscriptionId, tenantId }: DeploymentScope): Readonly<Record<string, unknown>> {
    const displayName = deferredMember('subscription', 'displayName');
    return { id: `/subscriptions/${subscriptionId}`, subscriptionId, tenantId, displayName };
  }

  tenant({ tenantId }: DeploymentScope): Readonly<Record<string, unknown>> {
    return {
      countryCode: deferredMember('tenant', 'countryCode'),
      displayName: deferredMember('tenant', 'displayName'),
      id: `/tenants/${tenantId}`,
      tenantId,
    };
  }

  deployer(): unknown {
    return deferredCall('deployer');
  }

  environment(): unknown {
    return deferredCall('environment');
  }

  utcNow(): string {
    throw new PendingLookup('utcNow()');
  }

  newGuid(): string {
    throw new PendingLookup('newGuid()');
  }

  evaluate(value: unknown, scope: ExpressionScope): unknown {
    return evaluatePartially(value, scope);
  }
}

/** A call that is left for run time. */
export function deferredCall(name: string, ...args: readonly unknown[]): Deferred {
  return new Deferred(callOf(name, args));
}

function deferredMember(functionName: string, name: string): Deferred {
  const property: Expression = { kind: 'literal', value: name };
  return new Deferred({ kind: 'property', target: callOf(functionName, []), property });
}

function callOf(name: string, values: readonly unknown[]): Expression {
  const args = values.map((value) =>
    typeof value === 'string' ? asExpression(value) : ({ kind: 'literal', value } as const),
  );
  return { kind: 'call', name, args };
}
