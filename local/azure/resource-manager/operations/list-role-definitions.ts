import { isWithinScope } from '../../resource-id.ts';
import type { Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { canonicalScope } from '../canonical-id.ts';
import { invalidFilter } from '../gateway-errors.ts';
import { renderRoleDefinition } from '../render-role-definition.ts';
import { requireSubscription } from '../require-existing.ts';
import { subscriptionOf } from '../scope-parts.ts';

/** `$filter`: `roleName eq '…'`, `type eq 'BuiltInRole'`, `atScopeAndBelow()`, `atScope()`, joined by and. */
export const listRoleDefinitions: Operation = (arm, { caller, query }, values) => {
  requireSubscription(arm, subscriptionOf(values));
  const scope = canonicalScope(arm, values.scope ?? '');
  requireAction(arm, caller, 'Microsoft.Authorization/roleDefinitions/read', scope || '/');
  const { roleName, type } = parseFilter(query.get('$filter') ?? '');
  const value = arm.access
    .listDefinitions()
    .filter((role) => roleName === undefined || role.roleName.toLowerCase() === roleName)
    .filter((role) => type === undefined || role.type.toLowerCase() === type)
    .filter((role) => role.assignableScopes.some((each) => isWithinScope(scope, each)))
    .map((role) => renderRoleDefinition(role, subscriptionOf(values)));
  return { status: 200, body: { value } };
};

function parseFilter(filter: string): { roleName?: string; type?: string } {
  const result: { roleName?: string; type?: string } = {};
  const terms = filter.split(/\s+and\s+/i).map((term) => term.trim());
  for (const term of terms) {
    if (term === '' || /^atScope(AndBelow)?\(\)$/i.test(term)) continue;
    const [, name = '', value = ''] = /^(roleName|type)\s+eq\s+'((?:[^']|'')*)'$/i.exec(term) ?? [];
    if (name === '') throw invalidFilter(filter);
    const text = value.replaceAll("''", "'").toLowerCase();
    if (name.toLowerCase() === 'rolename') result.roleName = text;
    else result.type = text;
  }
  return result;
}
