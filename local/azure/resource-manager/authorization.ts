import { ServiceError } from '../http/service-error.ts';
import type { Caller } from '../tokens/tokens.ts';
import type { ArmContext } from './arm-context.ts';

type Deciders = Pick<ArmContext, 'access' | 'directory'>;

/**
 * Refuses with 403 `AuthorizationFailed` what no role of the caller allows.
 * `shownScope`: the scope as Azure words it, where that differs from what is decided on.
 */
export function requireAction(
  { access, directory }: Deciders,
  caller: Caller,
  action: string,
  scope: string,
  shownScope = scope,
): void {
  const request = { principalId: caller.principalId, action, isDataAction: false, scope };
  access.require(
    request,
    () =>
      new ServiceError(
        403,
        'AuthorizationFailed',
        `The client '${clientOf(directory, caller)}' with object id '${caller.principalId}' ` +
          `does not have authorization to perform action '${action}' over scope '${shownScope}' ` +
          'or the scope is invalid. If access was recently granted, please refresh your credentials.',
        { fromGateway: true },
      ),
  );
}

/** The right on a second resource that a write of the first needs. [Azure/aad-pod-identity#443] */
export function requireLinkedAction(
  { access, directory }: Deciders,
  caller: Caller,
  write: { readonly action: string; readonly scope: string },
  linked: { readonly action: string; readonly scopes: readonly string[] },
): void {
  const denied = linked.scopes.filter(
    (scope) =>
      !access.authorize({
        principalId: caller.principalId,
        action: linked.action,
        isDataAction: false,
        scope,
      }).allowed,
  );
  if (denied.length === 0) return;
  throw new ServiceError(
    403,
    'LinkedAuthorizationFailed',
    `The client '${clientOf(directory, caller)}' with object id '${caller.principalId}' has permission ` +
      `to perform action '${write.action}' on scope '${write.scope}'; however, it does not have permission ` +
      `to perform action(s) '${linked.action}' on the linked scope(s) '${denied.join(',')}' (respectively) ` +
      'or the linked scope(s) are invalid.',
    { fromGateway: true },
  );
}

/** Azure: for a managed identity the client is often named by its object id too [microsoft/startstopv2-deployments#21]. */
export function clientOf(directory: Deciders['directory'], caller: Caller): string {
  const kind = directory.find(caller.principalId)?.kind;
  return kind === 'ManagedIdentity' ? caller.principalId : caller.clientId;
}

/** Whether the caller has a role at `scope`, above it or on anything in it. */
export function hasAnyRole({ access }: Deciders, caller: Caller, scope: string): boolean {
  const target = `${scope.toLowerCase().replace(/\/+$/, '')}/`;
  return access.listEffectiveAssignmentsOf(caller.principalId).some((assignment) => {
    const assigned = `${assignment.scope.toLowerCase().replace(/\/+$/, '')}/`;
    return assigned.startsWith(target) || target.startsWith(assigned);
  });
}
