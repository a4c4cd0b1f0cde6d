import { ServiceError } from '../http/service-error.ts';
import { parseResourceId, type ResourceId } from '../resource-id.ts';
import type { Caller } from '../tokens/tokens.ts';
import type { ArmContext } from './arm-context.ts';
import { requireLinkedAction } from './authorization.ts';
import { canonicalId } from './canonical-id.ts';
import type { Resource, ResourceBody, ResourceIdentity } from './resource.ts';
import { actionFor } from './resource-access.ts';

const ASSIGN = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';
const USER_ASSIGNED = /^microsoft\.managedidentity\/userassignedidentities$/i;

interface IdentityChange {
  readonly id: ResourceId;
  readonly caller: Caller;
  readonly identity: ResourceBody['identity'];
  readonly existing: Resource | undefined;
}

/**
 * What `identity` of a PUT makes of a resource's identities: user-assigned ones filled in with their principal
 * and client id, a system-assigned one kept, created or taken away. No `identity` leaves them as they are.
 * Throws 400 for a form that is wrong or an identity that is not there, 403 `LinkedAuthorizationFailed`.
 * Source: https://learn.microsoft.com/azure/templates/ (`identity`), [Azure/aad-pod-identity#443]
 */
export function assignIdentity(
  arm: ArmContext,
  change: IdentityChange,
): ResourceIdentity | undefined {
  const { id, caller, identity, existing } = change;
  // Pretend: for every type; in Azure each provider decides whether a PUT without `identity` keeps it.
  if (identity === undefined || identity === null) return existing?.identity;
  const kinds = parseKinds(identity.type);
  const wanted = kinds.has('userassigned') ? (identity.userAssignedIdentities ?? {}) : {};
  if (kinds.has('userassigned') && Object.keys(wanted).length === 0) {
    // [hashicorp/terraform-provider-azurerm#17082]
    const message = `The identity ids must not be null or empty for '${identity.type}' identity type.`;
    throw new ServiceError(400, 'MissingIdentityIds', message, { fromGateway: true });
  }
  if (!kinds.has('userassigned') && Object.keys(identity.userAssignedIdentities ?? {}).length > 0) {
    throw invalidIdentity(
      `The identity type '${identity.type}' cannot have user assigned identities.`,
    );
  }
  const userAssigned = resolveUserAssigned(arm, id, wanted);
  const added = userAssigned.filter((resource) => !isAssigned(existing, resource.id));
  requireLinkedAction(
    arm,
    caller,
    { action: actionFor(id, 'write'), scope: id.id },
    { action: ASSIGN, scopes: added.map((resource) => resource.id) },
  );
  if (kinds.size === 0) return undefined;
  return {
    type: identity.type ?? 'None',
    ...(kinds.has('systemassigned') && systemAssigned(arm, id)),
    ...(userAssigned.length > 0 && {
      userAssignedIdentities: Object.fromEntries(
        userAssigned.map((resource) => [
          // Azure: key as the client spelled it would do too; ids of identities come back with a small g [R2].
          resource.id,
          {
            principalId: String(resource.properties.principalId),
            clientId: String(resource.properties.clientId),
          },
        ]),
      ),
    }),
  };
}

export function hasSystemAssigned(identity: ResourceIdentity | undefined): boolean {
  return identity?.principalId !== undefined;
}

function parseKinds(type: string | undefined): ReadonlySet<string> {
  const kinds = (type ?? '').split(',').map((kind) => kind.trim().toLowerCase());
  if (kinds.every((kind) => kind === 'systemassigned' || kind === 'userassigned')) {
    return new Set(kinds);
  }
  if (kinds.length === 1 && kinds[0] === 'none') return new Set();
  throw invalidIdentity(
    `The identity type '${type ?? ''}' is not valid. ` +
      "The supported types are 'None,SystemAssigned,UserAssigned,SystemAssigned, UserAssigned'.",
  );
}

function resolveUserAssigned(
  arm: ArmContext,
  id: ResourceId,
  wanted: Readonly<Record<string, unknown>>,
): Resource[] {
  return Object.entries(wanted)
    .filter(([, value]) => value !== null)
    .map(([text]) => {
      const parsed = parseResourceId(text);
      if (!parsed || !USER_ASSIGNED.test(parsed.type)) {
        // Pretend: the wording.
        throw new ServiceError(
          400,
          'InvalidIdentityId',
          `Invalid value for the identities '${text}'.`,
          {
            fromGateway: true,
          },
        );
      }
      const resource = arm.store.find(canonicalId(arm, parsed).id);
      if (resource) return resource;
      throw identityNotFound(id, parsed);
    });
}

/** The frame is that of [Azure/azure-cli#31837]. Pretend: the inner sentence. */
function identityNotFound(id: ResourceId, identity: ResourceId): ServiceError {
  const response = JSON.stringify({
    error: { code: 'BadRequest', message: `Resource '${identity.id}' was not found.` },
  });
  return new ServiceError(
    400,
    'FailedIdentityOperation',
    `Identity operation for resource '${id.id}' failed with error 'Failed to perform resource identity ` +
      `operation. Status: 'BadRequest'. Response: '${response}'.'.`,
    { fromGateway: true },
  );
}

function systemAssigned(arm: ArmContext, id: ResourceId) {
  const principal = arm.identities.findOrCreate(id.id, displayNameOf(id));
  return { principalId: principal.principalId, tenantId: arm.directory.tenantId };
}

/** Azure: a slot's is `app/slots/slot`. https://learn.microsoft.com/azure/app-service/overview-managed-identity#add-a-system-assigned-identity */
function displayNameOf({ type, name, fullName }: ResourceId): string {
  return /^microsoft\.web\/sites\/slots$/i.test(type) ? fullName.replace('/', '/slots/') : name;
}

function isAssigned(existing: Resource | undefined, identityId: string): boolean {
  return Object.keys(existing?.identity?.userAssignedIdentities ?? {}).some(
    (id) => id.toLowerCase() === identityId.toLowerCase(),
  );
}

/** Pretend: code and wordings. */
function invalidIdentity(message: string): ServiceError {
  return new ServiceError(400, 'InvalidIdentityType', message, { fromGateway: true });
}
