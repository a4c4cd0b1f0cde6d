import type { DeploymentScope } from './deployment.ts';
import type { ExpressionScope } from './expression/expression-scope.ts';
import { scopeIdOf } from './scopes.ts';

/** What a deployment can't know by itself. A member that is not known yet throws PendingLookup when it is read. */
export interface RunTimeFacts {
  /** `properties` of a resource; all that reference(…, 'Full') shows if `full` is given, as it is written. */
  reference(id: string, apiVersion: string, full: string | undefined): unknown;
  /** What a list* function answers; `body` as its third argument. */
  list(functionName: string, id: string, apiVersion: string, body: unknown): unknown;
  resourceGroup(scope: DeploymentScope): Readonly<Record<string, unknown>>;
  subscription(scope: DeploymentScope): Readonly<Record<string, unknown>>;
  tenant(scope: DeploymentScope): Readonly<Record<string, unknown>>;
  deployer(): unknown;
  environment(): unknown;
  utcNow(format: string | undefined): string;
  newGuid(): string;
  /** How parameters' defaults and variables are evaluated: as far as is known. */
  evaluate(value: unknown, scope: ExpressionScope): unknown;
}

/**
 * resourceGroup() before ARM has been asked: tags and such are not known, nor the location of a foreign group.
 *
 * @param unknown the value of a member that is not known, or what throws when it is read
 */
export function unreadGroup(
  scope: DeploymentScope,
  unknown: (name: string) => PropertyDescriptor,
): Readonly<Record<string, unknown>> {
  const group: Record<string, unknown> = {
    id: scopeIdOf(scope),
    name: scope.resourceGroup,
    type: 'Microsoft.Resources/resourceGroups',
  };
  if (scope.location !== undefined) group.location = scope.location;
  const names = ['tags', 'managedBy', 'properties'];
  for (const name of scope.location === undefined ? ['location', ...names] : names) {
    Object.defineProperty(group, name, { enumerable: true, ...unknown(name) });
  }
  return group;
}
