import type { RoleAssignment } from '../../access/access.ts';
import { ServiceError } from '../../http/service-error.ts';
import { isWithinScope, parseResourceId } from '../../resource-id.ts';
import type { ArmContext, Operation } from '../arm-context.ts';
import { requireAction } from '../authorization.ts';
import { canonicalScope } from '../canonical-id.ts';
import { findAny } from '../read-resource.ts';
import { renderResource } from '../render-resource.ts';
import { requireSubscription, requireSurroundings } from '../require-existing.ts';
import { roleAssignmentType } from '../resource-type-names.ts';
import { subscriptionOf } from '../scope-parts.ts';

/**
 * At, above and, without `atScope()`, below the scope. `$filter`: `atScope()`, `principalId eq '…'`,
 * `assignedTo('…')` (through groups too), or `atScope()` and `assignedTo('…')`.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
 */
export const listRoleAssignments: Operation = (arm, { caller, query }, values) => {
  requireSubscription(arm, subscriptionOf(values));
  const scope = canonicalScope(arm, values.scope ?? '');
  requireAction(arm, caller, 'Microsoft.Authorization/roleAssignments/read', scope || '/');
  const probe = parseResourceId(`${scope}/providers/Microsoft.Authorization/roleAssignments/-`);
  if (probe) requireSurroundings(arm, probe, 'read');
  const { atScope, ...filter } = parseFilter(query.get('$filter') ?? '');
  const principals = principalsOf(arm, filter);
  const value = allAssignments(arm)
    .filter(
      (assignment) =>
        isWithinScope(scope, assignment.scope) ||
        (!atScope && isWithinScope(assignment.scope, scope)),
    )
    .filter(({ principalId }) => principals?.has(principalId.toLowerCase()) ?? true)
    .flatMap(({ id }) => {
      const parsed = parseResourceId(id);
      const resource = parsed && findAny(arm, parsed);
      return resource ? [renderResource(resource)] : [];
    });
  return { status: 200, body: { value } };
};

type Listed = Pick<RoleAssignment, 'id' | 'scope' | 'principalId'>;

/** Those that grant something, and those that ARM keeps although they grant nothing (conditions). */
function allAssignments({ access, store }: ArmContext): readonly Listed[] {
  const granting = access.listAssignments();
  const known = new Set(granting.map(({ id }) => id.toLowerCase()));
  const others = store
    .all()
    .filter(({ id, type }) => type === roleAssignmentType && !known.has(id.toLowerCase()))
    .map(({ id, properties }) => ({
      id,
      scope: String(properties.scope),
      principalId: String(properties.principalId),
    }));
  return [...granting, ...others];
}

const ASKED = /^(?<kind>assignedTo\(|principalId\s+eq\s+)'(?<id>[^']+)'(?<end>\)?)$/i;

interface Filter {
  readonly atScope: boolean;
  readonly principalId?: string;
  /** With what its groups have. */
  readonly isTransitive?: boolean;
}

/** Whose assignments are wanted, in lower case; undefined: everybody's. */
function principalsOf(
  { directory }: ArmContext,
  { principalId, isTransitive }: Omit<Filter, 'atScope'>,
): ReadonlySet<string> | undefined {
  if (principalId === undefined) return undefined;
  const groups = isTransitive ? directory.groupsOf(principalId) : [];
  return new Set([principalId, ...groups.map((one) => one.principalId)].map(toLower));
}

const toLower = (text: string) => text.toLowerCase();

function parseFilter(filter: string): Filter {
  const terms = filter.trim() === '' ? [] : filter.split(/\s+and\s+/i).map((term) => term.trim());
  const others = terms.filter((term) => !/^atScope\(\)$/i.test(term));
  const atScope = others.length < terms.length;
  const [other, another] = others;
  if (other === undefined) return { atScope };
  const { kind = '', id = '', end = '' } = ASKED.exec(other)?.groups ?? {};
  const isAssignedTo = kind.endsWith('(') && end === ')';
  const isPrincipal = kind !== '' && !kind.endsWith('(') && end === '';
  // Azure: atScope() goes with assignedTo() only [Azure/azure-powershell#20433].
  const isSupported = isAssignedTo || (isPrincipal && !atScope);
  if (another !== undefined || !isSupported) throw unsupportedFilter(filter);
  return { atScope, principalId: id, isTransitive: isAssignedTo };
}

/** Words of [Azure/azure-rest-api-specs#28255]. Pretend: the code. */
function unsupportedFilter(filter: string): ServiceError {
  return new ServiceError(
    400,
    'UnsupportedQuery',
    `The filter '${filter}' is not supported. Supported filters are either 'atScope()' or ` +
      "'principalId eq '{value}' or assignedTo('{value}')'.",
  );
}
