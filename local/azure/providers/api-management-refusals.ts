// The words in which API Management says that it did not get a secret.
import type { Principal } from '../directory.ts';
import { ServiceError } from '../http/service-error.ts';

/** The identity that a secret was asked for with. */
export interface SecretReader {
  readonly principal: Principal;
  readonly type: 'SystemAssigned' | 'UserAssigned';
}

/** The frame of what is wrong with one property: [Azure/apiops#257]. */
export function validationError(target: string, message: string): ServiceError {
  return new ServiceError(400, 'ValidationError', 'One or more fields contain incorrect values:', {
    details: [{ code: 'ValidationError', target, message }],
  });
}

/** Azure: an object id where the client id belongs is answered so too [Azure/apiops#257, Azure/apiops#214]. */
export function identityNotFound(identityClientId: string): ServiceError {
  return validationError(
    'identityClientId',
    `Can not find Managed Identity with provided IdentityClientId : ${identityClientId}. ` +
      'For more information please see aka.ms/apimmsi.',
  );
}

/** An earlier form of the sentence: [hashicorp/terraform-provider-azurerm#7909]. */
export function noSystemIdentity(secretIdentifier: string): ServiceError {
  return invalidOperation(
    'Managed Service Identity (http://aka.ms/apimmsi) type: System Assigned which is required to access KeyVault ' +
      `${secretIdentifier} is not enabled on the API Management service.`,
  );
}

/**
 * What Key Vault's refusal becomes. Key Vault's own stays as `cause`.
 * Azure: speaks of access policies in a vault with role assignments too
 * [https://learn.microsoft.com/answers/questions/1688796].
 * Pretend: for a named value, where sources show it for a host name's certificate.
 */
export function accessFailed(
  secretIdentifier: string,
  { principal, type }: SecretReader,
  cause: ServiceError,
): ServiceError {
  const failed =
    `Failed to access KeyVault Secret ${secretIdentifier} using Managed Service Identity ` +
    '(http://aka.ms/apimmsi) of Api Management service.';
  // Pretend: the words where it is not the right that is missing; Key Vault's own are given.
  if (!cause.innerCode?.startsWith('ForbiddenBy')) {
    return invalidOperation(`${failed} ${cause.message}`, cause);
  }
  const { clientId, principalId } = principal;
  return invalidOperation(
    `${failed} Check if Managed Identity of Type: ${type}, ClientId: ${clientId} and ObjectId: ${principalId} ` +
      'has GET permissions on secrets in the KeyVault Access Policies.',
    cause,
  );
}

export function invalidOperation(message: string, cause?: ServiceError): ServiceError {
  return new ServiceError(400, 'InvalidOperation', message, { cause });
}
