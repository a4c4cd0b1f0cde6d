import { Deferred } from '../../../../../local/azure/deployments/expression/deferred.ts';
import {
  type ExpressionScope,
  PendingLookup,
} from '../../../../../local/azure/deployments/expression/expression-scope.ts';
import { parseExpression } from '../../../../../local/azure/deployments/expression/parse.ts';
import { refuse } from '../../../../../local/azure/deployments/functions/refusal.ts';
import { ServiceError } from '../../../../../local/azure/http/service-error.ts';

export const subscriptionId = '00000000-0000-0000-0000-000000000001';
const tenantId = '00000000-0000-0000-0000-000000000002';

/** A deployment of which nothing is known but its place, as Microsoft's engine sees it offline. */
export function goldenScope(changes: Partial<ExpressionScope> = {}): ExpressionScope {
  return {
    subscriptionId,
    resourceGroupName: 'rg1',
    parameter: (name) =>
      find({ p: 'pv', r: deferred('resourceGroup().tags.x') }, 'parameter', name),
    variable: (name) =>
      find(
        { v: { x: 1 }, w: { a: deferred('resourceGroup().tags.q'), b: 'st' } },
        'variable',
        name,
      ),
    copyIndex: () => {
      throw unexpected('copyIndex', 'in a resource with copy specified', 'arm-resource-loops');
    },
    deployment: () => ({ name: 'main', properties: { template: { contentVersion: '1.0.0.0' } } }),
    deployer: pending,
    environment: pending,
    tenant: () => ({
      ...unread('tenant', ['countryCode', 'displayName']),
      id: `/tenants/${tenantId}`,
      tenantId,
    }),
    subscription: () => ({
      id: `/subscriptions/${subscriptionId}`,
      subscriptionId,
      tenantId,
      ...unread('subscription', ['displayName']),
    }),
    resourceGroup: () => ({
      id: `/subscriptions/${subscriptionId}/resourceGroups/rg1`,
      name: 'rg1',
      type: 'Microsoft.Resources/resourceGroups',
      location: 'westus',
      ...unread('resourceGroup', ['tags', 'managedBy', 'properties']),
    }),
    managementGroup: () => {
      throw refuse("The deployment metadata 'managementGroup' is not valid.");
    },
    reference: pending,
    references: pending,
    resourceInfo: pending,
    list: pending,
    userFunction: () => undefined,
    utcNow: () => {
      throw unexpected('utcNow', 'with parameter default value expresions', 'arm-functions');
    },
    newGuid: () => {
      throw unexpected('newGuid', 'with parameter default value expresions', 'arm-functions');
    },
    ...changes,
  };
}

function pending(): never {
  throw new PendingLookup('a resource');
}

function deferred(text: string): Deferred {
  return new Deferred(parseExpression(text));
}

function unread(functionName: string, members: readonly string[]): Record<string, Deferred> {
  return Object.fromEntries(members.map((name) => [name, deferred(`${functionName}().${name}`)]));
}

function find(values: Record<string, unknown>, kind: string, name: string): unknown {
  const key = name.toLowerCase();
  if (key in values) return values[key];
  throw refuse(
    `The template ${kind} '${name}' is not found. Please see https://aka.ms/arm-syntax-${kind}s for usage details.`,
  );
}

function unexpected(name: string, where: string, page: string): Error {
  return refuse(
    `The template function '${name}' is not expected at this location. The function can only be used ${where}. Please see https://aka.ms/${page} for usage details.`,
  );
}

export function isInvalidTemplate(error: unknown): boolean {
  return error instanceof ServiceError && error.status === 400 && error.code === 'InvalidTemplate';
}
