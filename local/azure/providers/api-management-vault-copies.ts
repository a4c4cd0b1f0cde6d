// What named values and certificates of API Management do alike: each may be a copy of a secret of a vault, taken
// when it is made and again by `refreshSecret`, and says in `lastStatus` how that went.
import { toAzureTimestamp } from '../clock.ts';
import { ServiceError } from '../http/service-error.ts';
import type { Resource } from '../resource-manager/resource.ts';
import { assignedIdentities } from '../tokens/assigned-identities.ts';
import type { Caller } from '../tokens/tokens.ts';
import { validationError } from './api-management-refusals.ts';
import {
  readServiceSecret,
  type SecretReference,
  type VaultSecret,
} from './api-management-secret.ts';
import type { ProviderServices } from './provider.ts';
import { type Properties, readObject, readString } from './read-property.ts';

/** `keyVault` as it is given; what Azure adds to it is left out. */
export function readKeyVault(given: Properties | undefined): SecretReference | undefined {
  const keyVault = readObject(given, 'keyVault');
  if (!keyVault) return undefined;
  const identityClientId = readString(keyVault, 'identityClientId');
  return {
    secretIdentifier: readString(keyVault, 'secretIdentifier') ?? '',
    ...(identityClientId && { identityClientId }),
  };
}

/** Reads the secret as the service that `id` belongs to. Throws 400 in API Management's words. */
export function readCopy(
  services: ProviderServices,
  id: string,
  reference: SecretReference,
): VaultSecret {
  const [serviceId = ''] = /^.*?\/Microsoft\.ApiManagement\/service\/[^/]+/i.exec(id) ?? [];
  const service = services.findResource(serviceId);
  return readServiceSecret(services, assignedIdentities(service, services.directory), reference);
}

/** `properties` with the news that the secret has been read. */
export function withSuccess(services: ProviderServices, properties: Properties): Properties {
  return withStatus(services, properties, { code: 'Success' });
}

/**
 * Reads the secret again. `take` keeps it and gives the properties that follow from it. Throws 400 if it cannot be
 * read, and keeps what was read last.
 */
export function refreshCopy(
  services: ProviderServices,
  { id, properties }: Resource,
  caller: Caller,
  take: (secret: VaultSecret) => Properties,
): void {
  const keep = (now: Properties) => services.keepChild(id, now, caller);
  const reference = readKeyVault(properties);
  // Pretend: the words.
  if (!reference)
    throw validationError('keyVault', 'There is no secret of a key vault to refresh.');
  try {
    const taken = take(readCopy(services, id, reference));
    keep(withSuccess(services, { ...properties, ...taken }));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    // Pretend: code and message are Key Vault's.
    const { code, message } = error.cause instanceof ServiceError ? error.cause : error;
    keep(withStatus(services, properties, { code, message }));
    throw error;
  }
}

/** As Azure shows it: `lastStatus` last within `keyVault`, the time last within it. */
function withStatus({ clock }: ProviderServices, properties: Properties, status: Properties) {
  const lastStatus = { ...status, timeStampUtc: toAzureTimestamp(clock.nowMs()) };
  return { ...properties, keyVault: { ...readObject(properties, 'keyVault'), lastStatus } };
}
