// Key Vault's refusals, and the one place where a refusal of this door becomes bytes.
import type { ServiceResponse } from '../http/json-service.ts';
import { ServiceError } from '../http/service-error.ts';
import type { TokenError, TokenProblem } from '../tokens/tokens.ts';

/** Pretend: in Azure the name of a vault that is not there does not resolve; here it does, and gets this answer. */
export function vaultNotFound(hostname: string): ServiceError {
  return new ServiceError(404, 'VaultNotFound', `There is no vault at ${hostname}.`);
}

/** [R25]. `name` is `secret` or `secret/version`. */
export function secretNotFound(name: string): ServiceError {
  return new ServiceError(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  );
}

/** [R29]. */
export function deletedSecretNotFound(name: string): ServiceError {
  return new ServiceError(404, 'SecretNotFound', `Deleted Secret not found: ${name}`);
}

/** [R27]. */
export function secretDisabled(): ServiceError {
  return new ServiceError(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', {
    innerCode: 'SecretDisabled',
  });
}

/** Wording: Azure/azure-sdk-for-net, Azure.Security.KeyVault.Secrets, samples/Sample4. */
export function deletedButRecoverable(name: string): ServiceError {
  return new ServiceError(
    409,
    'Conflict',
    `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
    { innerCode: 'ObjectIsDeletedButRecoverable' },
  );
}

/** [Azure/sap-automation#200] */
export function purgeProtected(vault: {
  settings: { name: string; location: string };
}): ServiceError {
  return new ServiceError(
    403,
    'Forbidden',
    `Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed.\r\nVault: ${vault.settings.name};location=${vault.settings.location}`,
  );
}

export function badParameter(message: string): ServiceError {
  return new ServiceError(400, 'BadParameter', message);
}

// Azure: [R25] for `missing`; for audience, issuer, signature and expired
// [MicrosoftDocs/azure-docs#57950, MicrosoftDocs/azure-docs#75410, vcsjones/AzureSignTool#330,
// Azure/azure-sdk-for-python#27266].
const tokenMessages: Readonly<Record<TokenProblem, string>> = {
  missing: 'AKV10000: Request is missing a Bearer, PoP, or MTLS_POP token.',
  audience: 'AKV10022: Invalid audience. Expected https://vault.azure.net, found: {found}.',
  issuer:
    'AKV10032: Invalid issuer. Expected one of https://sts.windows.net/{tenant}/, found {found}.',
  signature: 'AKV10046: Unable to resolve the key used for signature validation.',
  expired: "[TokenExpired] Error validating token: 'S2S12086'.",
  // Pretend: one wording for all else that is wrong with a token.
  malformed: "[AggregatedAuthenticationFailure] Error validating token: 'S2S17001'.",
  notYetValid: "[AggregatedAuthenticationFailure] Error validating token: 'S2S17001'.",
  principal: "[AggregatedAuthenticationFailure] Error validating token: 'S2S17001'.",
};

/** 401 with the challenge that tells a client where to get a token [R25]. */
export function unauthorized(error: TokenError, tenantId: string): ServiceError {
  const message = tokenMessages[error.problem]
    .replace('{tenant}', () => tenantId)
    .replace('{found}', () => error.found ?? '');
  return new ServiceError(401, 'Unauthorized', message, {
    headers: {
      'WWW-Authenticate': `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="https://vault.azure.net"`,
    },
    cause: error,
  });
}

/** `{error{code,message,innererror?{code}}}` [R25], [R27]. */
export function renderVaultError(error: ServiceError): ServiceResponse {
  return {
    status: error.status,
    headers: error.headers,
    body: {
      error: {
        code: error.code,
        message: error.message,
        ...(error.innerCode !== undefined && { innererror: { code: error.innerCode } }),
      },
    },
  };
}
