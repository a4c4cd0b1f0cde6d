// Host names of an API Management service, and their certificates from a vault.
// Source: https://learn.microsoft.com/azure/api-management/configure-custom-domain
import type { AssignedIdentities } from '../tokens/assigned-identities.ts';
import { type CertificateFacts, vaultCertificate } from './api-management-certificates.ts';
import { readServiceSecret } from './api-management-secret.ts';
import type { ProviderServices, PutRequest } from './provider.ts';
import { type Properties, readArray, readBoolean, readString } from './read-property.ts';

/**
 * `hostnameConfigurations` as a GET shows it: the service's own name first, then what is given, each certificate read
 * from its vault as the service, now. Throws 400 in API Management's words.
 * In the order of Azure/azure-rest-api-specs, ApiManagementCreateServiceWithCustomHostnameKeyVault.
 */
export function showHostNames(
  services: Pick<ProviderServices, 'vaults'>,
  { id, body }: Pick<PutRequest, 'id' | 'body'>,
  identities: AssignedIdentities,
): readonly Properties[] {
  const ownName = `${id.name.toLowerCase()}.azure-api.net`;
  const given = (readArray(body.properties, 'hostnameConfigurations') ??
    []) as readonly Properties[];
  const others = given.filter((each) => readString(each, 'hostName')?.toLowerCase() !== ownName);
  const hasDefault = others.some(
    (each) => readString(each, 'type') === 'Proxy' && readBoolean(each, 'defaultSslBinding'),
  );
  return [
    {
      type: 'Proxy',
      hostName: ownName,
      negotiateClientCertificate: false,
      defaultSslBinding: !hasDefault,
      certificateSource: 'BuiltIn',
    },
    ...others.map((each) => showHostName(services, each, identities)),
  ];
}

function showHostName(
  services: Pick<ProviderServices, 'vaults'>,
  given: Properties,
  identities: AssignedIdentities,
): Properties {
  const { type, hostName, certificatePassword, encodedCertificate, ...rest } = given;
  const keyVaultId = readString(given, 'keyVaultId');
  const settings = {
    negotiateClientCertificate: readBoolean(given, 'negotiateClientCertificate') ?? false,
    defaultSslBinding: readBoolean(given, 'defaultSslBinding') ?? false,
  };
  // Pretend: any other certificate is not looked at; what is uploaded is not shown, as in Azure.
  if (keyVaultId === undefined) return { type, hostName, ...rest, ...settings };
  const identityClientId = readString(given, 'identityClientId') || undefined;
  const reference = { secretIdentifier: keyVaultId, identityClientId };
  const secret = readServiceSecret(services, identities, reference);
  const facts = vaultCertificate(keyVaultId, secret);
  return {
    ...{ type, hostName, ...rest, ...settings },
    ...(facts && { certificate: showCertificate(facts) }),
    certificateSource: 'KeyVault',
  };
}

function showCertificate({ subject, thumbprint, expiry }: CertificateFacts): Properties {
  return { expiry: expiry.toISOString().replace('.000Z', '+00:00'), thumbprint, subject };
}
