// How an API Management service reads a secret of a vault: by one of its own identities, at the moment it is told to.
// Source: https://learn.microsoft.com/azure/api-management/api-management-howto-properties
import { ServiceError } from '../http/service-error.ts';
import { type AssignedIdentities, isSelected } from '../tokens/assigned-identities.ts';
import {
  accessFailed,
  identityNotFound,
  invalidOperation,
  noSystemIdentity,
  type SecretReader,
} from './api-management-refusals.ts';
import type { ProviderServices } from './provider.ts';

/** Where a secret is, and as whom it is read: `keyVault` of a named value, or a host name's `keyVaultId`. */
export interface SecretReference {
  readonly secretIdentifier: string;
  /** Absent: the system-assigned identity. */
  readonly identityClientId?: string | undefined;
}

export interface VaultSecret {
  readonly value: string;
  readonly contentType?: string;
}

/**
 * Reads it as the service that has these identities, now. Throws 400 in API Management's words; where Key Vault has
 * refused, its own refusal is the `cause`.
 */
export function readServiceSecret(
  { vaults }: Pick<ProviderServices, 'vaults'>,
  identities: AssignedIdentities,
  reference: SecretReference,
): VaultSecret {
  const secret = parseSecretIdentifier(reference.secretIdentifier);
  const reader = findReader(identities, reference);
  try {
    return vaults.readSecret(reader.principal, secret);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw accessFailed(reference.secretIdentifier, reader, error);
  }
}

/** `https://{vault}.vault.azure.net/secrets/{name}[/{version}]`. The sentence: [hashicorp/terraform-provider-azurerm#3635]. */
function parseSecretIdentifier(text: string) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const path = /^\/+secrets\/([0-9a-z-]{1,127})(?:\/([0-9a-z]+))?\/?$/i.exec(url?.pathname ?? '');
  const [, secretName, version] = path ?? [];
  if (!url || secretName === undefined) {
    throw invalidOperation('ApiManagement service only accepts KeyVault Secrets type.');
  }
  return { vaultHost: url.hostname, secretName, ...(version !== undefined && { version }) };
}

/**
 * The client id may be that of the system-assigned identity too.
 * Source: https://learn.microsoft.com/rest/api/apimanagement/api-management-service/create-or-update#hostnameconfiguration
 */
function findReader(
  { systemAssigned, userAssigned }: AssignedIdentities,
  { secretIdentifier, identityClientId }: SecretReference,
): SecretReader {
  if (identityClientId === undefined) {
    if (!systemAssigned) throw noSystemIdentity(secretIdentifier);
    return { principal: systemAssigned, type: 'SystemAssigned' };
  }
  const selector = { by: 'clientId', value: identityClientId } as const;
  if (systemAssigned && isSelected(systemAssigned, selector)) {
    return { principal: systemAssigned, type: 'SystemAssigned' };
  }
  const principal = userAssigned.find((candidate) => isSelected(candidate, selector));
  if (!principal) throw identityNotFound(identityClientId);
  return { principal, type: 'UserAssigned' };
}
