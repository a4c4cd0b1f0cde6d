import type { DeploymentScope } from './deployment.ts';
import type { Deferred } from './expression/deferred.ts';
import type { Expression } from './expression/expression.ts';
import { parseExpression } from './expression/parse.ts';
import { printExpression } from './expression/print.ts';
import { type Placement, placedScope, scopeIdFor } from './scopes.ts';

/**
 * Name and id of a resource whose name only run time knows, as `bicep snapshot` writes them:
 * `[resourceId('subscription', 'group', 'type', …)]`.
 */
export function deferredIdentity(
  type: string,
  { expression }: Deferred,
  placement: Placement,
  deployment: DeploymentScope,
): { readonly id: string; readonly name: string } {
  const literal = (value: string): Expression => ({ kind: 'literal', value });
  const segments = nameSegments(type.split('/').length - 1, expression);
  const { subscriptionId, resourceGroup } = placedScope(placement, deployment);
  const call = (name: string, ...args: readonly Expression[]): Expression => ({
    kind: 'call',
    name,
    args: [...args, literal(type), ...segments],
  });
  const id =
    placement.scope !== undefined
      ? call('extensionResourceId', scopeExpression(placement, deployment))
      : resourceGroup === undefined
        ? call('subscriptionResourceId', literal(subscriptionId))
        : call('resourceId', literal(subscriptionId), literal(resourceGroup));
  return { id: `[${printExpression(id)}]`, name: `[${printExpression(expression)}]` };
}

function scopeExpression(placement: Placement, deployment: DeploymentScope): Expression {
  const { scope = '' } = placement;
  return asExpression(scope.startsWith('[') ? scope : scopeIdFor(placement, deployment));
}

/** Azure: the segments of a name that is not known are cut at run time (`bicep snapshot`). */
function nameSegments(count: number, name: Expression): readonly Expression[] {
  if (count === 1) return [name];
  const split = `filter(split(${printExpression(name)}, '/'), lambda('x', not(empty(lambdaVariables('x')))))`;
  return Array.from({ length: count }, (_, index) => parseExpression(`${split}[${index}]`));
}

/** A text, or what its brackets hold. */
export function asExpression(text: string): Expression {
  return text.startsWith('[') && text.endsWith(']')
    ? parseExpression(text.slice(1, -1))
    : { kind: 'literal', value: text };
}
