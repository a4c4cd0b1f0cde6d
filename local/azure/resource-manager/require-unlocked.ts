import { ServiceError } from '../http/service-error.ts';
import { isWithinScope, type ResourceId } from '../resource-id.ts';
import type { ArmContext } from './arm-context.ts';

/**
 * Throws 409 `ScopeLocked` where a management lock forbids it: CanNotDelete and ReadOnly against a delete,
 * ReadOnly against a write. Locks themselves and deployments can always be written.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources, [Azure/azure-cli#2688]
 */
export function requireUnlocked(
  { store }: Pick<ArmContext, 'store'>,
  id: ResourceId,
  verb: 'write' | 'delete',
): void {
  if (/^microsoft\.authorization\/locks$/i.test(id.type)) return;
  const locked = store
    .all()
    .filter(({ type }) => type === 'Microsoft.Authorization/locks')
    .filter(({ properties }) => verb === 'delete' || properties.level === 'ReadOnly')
    .map((lock) => lock.id.replace(/\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i, ''))
    .filter(
      (scope) => isWithinScope(id.id, scope) || (verb === 'delete' && isWithinScope(scope, id.id)),
    );
  if (locked.length === 0) return;
  throw new ServiceError(
    409,
    'ScopeLocked',
    `The scope '${id.id}' cannot perform ${verb} operation because following scope(s) are locked: ` +
      `'${locked.join(',')}'. Please remove the lock and try again.`,
    { fromGateway: true },
  );
}
