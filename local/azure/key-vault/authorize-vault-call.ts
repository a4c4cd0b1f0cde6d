import type { Access } from '../access/access.ts';
import { ServiceError } from '../http/service-error.ts';
import type { Journal } from '../journal.ts';
import type { Caller } from '../tokens/tokens.ts';
import type { Vault } from './vault.ts';

/** What an operation needs, in the words of the vault's two permission models. */
export interface VaultPermission {
  /** RBAC data action: `Microsoft.KeyVault/vaults/secrets/getSecret/action`. */
  readonly action: string;
  /** Access policy permission on secrets: `get`. */
  readonly policy: string;
}

/**
 * Lets the call through or throws Key Vault's 403.
 * `secretName` undefined: the operation is about the vault (lists, restore).
 * Returns the id of the role assignment that allows it; undefined in access policy mode.
 */
export function authorizeVaultCall(
  { access, journal }: { access: Access; journal: Journal },
  caller: Caller,
  vault: Vault,
  permission: VaultPermission,
  secretName: string | undefined,
): string | undefined {
  if (!vault.settings.enableRbacAuthorization) {
    requirePolicy(journal, caller, vault, permission);
    return undefined;
  }
  const { resourceId } = vault.settings;
  const scope = secretName === undefined ? resourceId : `${resourceId}/secrets/${secretName}`;
  const decision = access.require(
    { principalId: caller.principalId, action: permission.action, isDataAction: true, scope },
    () => forbiddenByRbac(caller, vault, permission.action, scope),
  );
  return decision.assignment?.id;
}

/** Azure: every line ends in CR LF, and a space follows the decision's reason [hashicorp/terraform-provider-azurerm#27817]. */
function forbiddenByRbac(
  caller: Caller,
  { settings }: Vault,
  action: string,
  scope: string,
): ServiceError {
  const lines = [
    'Caller is not authorized to perform action on resource.',
    'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
    `Caller: ${describe(caller)}`,
    `Action: '${action}'`,
    `Resource: '${scope.toLowerCase()}'`,
    'Assignment: (not found)',
    'DenyAssignmentId: null',
    "DecisionReason: 'DeniedWithNoValidRBAC' ",
    `Vault: ${settings.name};location=${settings.location}`,
  ];
  return new ServiceError(403, 'Forbidden', lines.map((line) => `${line}\r\n`).join(''), {
    innerCode: 'ForbiddenByRbac',
  });
}

function describe(caller: Caller): string {
  const { clientId, principalId, issuer, managedIdentityResourceId, azureResourceId } = caller;
  return [
    `appid=${clientId}`,
    `oid=${principalId}`,
    `iss=${issuer}`,
    ...(managedIdentityResourceId === undefined ? [] : [`xms_mirid=${managedIdentityResourceId}`]),
    ...(azureResourceId === undefined ? [] : [`xms_az_rid=${azureResourceId}`]),
  ].join(';');
}

/**
 * The older model: the vault itself lists object ids and permissions. Role assignments count for nothing there.
 * Wording of the refusal: [hashicorp/terraform-provider-azurerm#9984].
 */
function requirePolicy(
  journal: Journal,
  caller: Caller,
  { settings }: Vault,
  { policy }: VaultPermission,
): void {
  const principalId = caller.principalId.toLowerCase();
  const allowed = (settings.accessPolicies ?? []).some(
    ({ objectId, secrets }) =>
      objectId.toLowerCase() === principalId &&
      secrets.some((granted) => ['all', policy].includes(granted.toLowerCase())),
  );
  journal.record({
    kind: 'decision',
    allowed,
    principalId: caller.principalId,
    action: `secrets ${policy}`,
    scope: settings.resourceId,
    why: allowed
      ? `An access policy of the vault grants secrets ${policy}.`
      : `No access policy of the vault grants secrets ${policy}.`,
  });
  if (allowed) return;
  throw new ServiceError(
    403,
    'Forbidden',
    `The user, group or application '${describe(caller)}' does not have secrets ${policy} permission on key vault '${settings.name};location=${settings.location}'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
    { innerCode: 'ForbiddenByPolicy' },
  );
}
