import type { TokenCredential } from '@azure/core-auth';
import type { KeyVaultSecret } from '@azure/keyvault-secrets';
import { azureCallPolicies, untilReadable } from './azure-call-policy.ts';
import { once } from './credential.ts';
import { AppError } from './errors.ts';
import { type Operation, operations } from './operations.ts';
import { toAppError } from './to-app-error.ts';

export const KEY_VAULT_SCOPE = 'https://vault.azure.net/.default';
const ATTEMPT_MS = 3_500;

/** All that the app tells of a secret: never the value. */
export interface SecretFacts {
  readonly name: string;
  readonly version: string | undefined;
  readonly contentType: string | undefined;
  readonly enabled: boolean | undefined;
  /** Azure: an expired or not yet valid secret can still be read; its reader has to look. */
  readonly validity: 'valid' | 'expired' | 'not yet valid';
  readonly expiresOn: Date | undefined;
  readonly updatedOn: Date | undefined;
  /** Length of the value in UTF-16 units. */
  readonly length: number;
}

export interface KeyVault {
  /** `name` and `version` must be checked already. Throws AppError. */
  readSecret(name: string, version?: string): Promise<SecretFacts>;
  /**
   * One harmless call. Grants are given per secret, so only the name of one decides; without `secretName` a secret
   * that can't exist is asked for, and a refusal shows at least that the vault took the token. Throws AppError.
   */
  probe(secretName?: string): Promise<Operation>;
}

/** Azure: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name */
const SECRET_NAME = /^[0-9A-Za-z-]{1,127}$/;

/** The SDK sends what it gets: `.` lists all secrets, `..` asks the root. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

export function createKeyVault(
  vaultUrl: URL,
  credential: TokenCredential,
  principalIdInHand: (tokenScope: string) => string | undefined,
): KeyVault {
  const client = once(async () => {
    const { SecretClient } = await import('@azure/keyvault-secrets');
    return new SecretClient(vaultUrl.href, credential, {
      retryOptions: { maxRetries: 0 },
      additionalPolicies: azureCallPolicies({
        target: 'key-vault',
        hosts: [vaultUrl.hostname],
        attemptMs: ATTEMPT_MS,
      }),
    });
  });
  const operationOn = (name: string) =>
    operations.readSecret(new URL(`secrets/${name}`, vaultUrl).href);
  const readSecret = async (name: string, version?: string): Promise<SecretFacts> => {
    try {
      const secrets = await client();
      const options = version === undefined ? {} : { version };
      return factsOf(await untilReadable(() => secrets.getSecret(name, options)));
    } catch (error) {
      throw toAppError(error, operationOn(name), principalIdInHand(KEY_VAULT_SCOPE));
    }
  };
  return {
    readSecret,
    async probe(secretName) {
      const name = secretName ?? `probe-${crypto.randomUUID()}`;
      try {
        await readSecret(name);
      } catch (error) {
        const isAbsent = error instanceof AppError && error.code === 'NOT_FOUND';
        if (secretName !== undefined || !isAbsent) throw error;
      }
      return operationOn(name);
    },
  };
}

function factsOf({ name, value, properties }: KeyVaultSecret): SecretFacts {
  const { version, contentType, enabled, expiresOn, notBefore, updatedOn } = properties;
  const validity = validityOf(notBefore, expiresOn);
  const length = value?.length ?? 0;
  return { name, version, contentType, enabled, validity, expiresOn, updatedOn, length };
}

function validityOf(notBefore?: Date, expiresOn?: Date): SecretFacts['validity'] {
  const now = Date.now();
  if (expiresOn && expiresOn.getTime() <= now) return 'expired';
  return notBefore && notBefore.getTime() > now ? 'not yet valid' : 'valid';
}
