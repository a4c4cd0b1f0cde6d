import { invalidOperation } from './api-management-refusals.ts';
import type { VaultSecret } from './api-management-secret.ts';
import { readCopy, readKeyVault, refreshCopy, withSuccess } from './api-management-vault-copies.ts';
import { apiManagementVersions } from './api-management-versions.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { isPkcs12, readPkcs12 } from './read-pkcs12.ts';
import { type Properties, readString } from './read-property.ts';

/** What Azure shows of a certificate. */
export interface CertificateFacts {
  readonly subject: string;
  /** SHA-1, upper-case hexadecimal. */
  readonly thumbprint: string;
  readonly expiry: Date;
}

/**
 * Certificates that the gateway shows to backends: uploaded, or read from a vault by an identity of the service.
 * In the order of Azure/azure-rest-api-specs, ApiManagementCreateCertificateWithKeyVault.
 * Source: https://learn.microsoft.com/rest/api/apimanagement/certificate
 */
export const apiManagementCertificates = [
  'Microsoft.ApiManagement/service/certificates',
  'Microsoft.ApiManagement/service/workspaces/certificates',
].map((type) => (services: ProviderServices) => certificates(services, type));

function certificates(services: ProviderServices, type: string): ResourceProvider {
  return {
    type,
    apiVersions: apiManagementVersions,
    listed: false,
    needsLocation: false,
    put({ id, body, existing }) {
      const keyVault = readKeyVault(body.properties);
      if (keyVault) {
        const shown = show(
          vaultCertificate(keyVault.secretIdentifier, readCopy(services, id.id, keyVault)),
        );
        return { properties: withSuccess(services, { ...shown, keyVault }) };
      }
      // Pretend: an upload is taken as it is. As in Azure, neither it nor its password is shown.
      const data = readString(body.properties, 'data');
      if (data === undefined) return { properties: existing?.properties ?? {} };
      const password = readString(body.properties, 'password');
      return { properties: show(describe(Buffer.from(data, 'base64'), password)) };
    },
    actions: {
      refreshsecret: (resource, _body, caller) =>
        refreshCopy(services, resource, caller, (secret) => {
          const { secretIdentifier = '' } = readKeyVault(resource.properties) ?? {};
          return show(vaultCertificate(secretIdentifier, secret));
        }),
    },
    longRunningActions: new Set(['refreshsecret']),
  };
}

/**
 * The certificate that a secret holds: base64 of a PKCS #12 file without password. Undefined if Node cannot look into
 * it. Throws 400 for another content. Pretend: the words; what it has to be is documented.
 */
export function vaultCertificate(
  secretIdentifier: string,
  { value, contentType = '' }: VaultSecret,
): CertificateFacts | undefined {
  const pfx = Buffer.from(value, 'base64');
  if (isPkcs12(pfx) && contentType.toLowerCase() !== 'application/x-pem-file') return describe(pfx);
  throw invalidOperation(
    `The KeyVault Secret ${secretIdentifier} should be of content type application/x-pkcs12.`,
  );
}

function describe(pfx: Buffer, password?: string): CertificateFacts | undefined {
  const certificate = readPkcs12(pfx, password);
  return (
    certificate && {
      subject: certificate.subject.split('\n').join(', '),
      thumbprint: certificate.fingerprint.replaceAll(':', ''),
      expiry: certificate.validToDate,
    }
  );
}

function show(facts: CertificateFacts | undefined): Properties {
  if (!facts) return {};
  const { subject, thumbprint, expiry } = facts;
  return { subject, thumbprint, expirationDate: expiry.toISOString().replace('.000Z', 'Z') };
}
