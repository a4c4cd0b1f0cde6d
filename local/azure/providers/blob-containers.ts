import { toAzureTimestamp } from '../clock.ts';
import { ServiceError } from '../http/service-error.ts';
import type { ProviderServices, ResourceProvider } from './provider.ts';
import { readObject, readString } from './read-property.ts';

/** 3-63 lower-case letters, digits and single hyphens between them; or a system container. */
const NAME = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$|^\$(root|web|logs)$/;

/**
 * Source: https://learn.microsoft.com/rest/api/storagerp/blob-containers/create; properties in the order of
 * Azure/azure-sdk-assets js/sdk/storage/arm-storage recording_blobcontainers_get_test.
 */
export function blobContainers(services: ProviderServices): ResourceProvider {
  return {
    type: 'Microsoft.Storage/storageAccounts/blobServices/containers',
    apiVersions: [
      '2025-01-01',
      '2024-01-01',
      '2023-05-01',
      '2022-09-01',
      '2021-09-01',
      '2019-06-01',
    ],
    listed: false,
    async put({ id, body, existing }) {
      if (!NAME.test(id.name)) {
        // Pretend: the wording.
        throw new ServiceError(
          400,
          'ContainerOperationFailure',
          'The specified resource name contains invalid characters.',
        );
      }
      const account = id.fullName.split('/')[0] ?? '';
      const publicAccess = readString(body.properties, 'publicAccess') ?? 'None';
      requirePublicAccess(services, id.parentId ?? '', publicAccess);
      await services.blobs.putContainer(account, id.name);
      const metadata =
        readObject(body.properties, 'metadata') ?? readObject(existing?.properties, 'metadata');
      const now = toAzureTimestamp(services.clock.nowMs());
      return {
        properties: {
          deleted: false,
          remainingRetentionDays: 0,
          defaultEncryptionScope: '$account-encryption-key',
          denyEncryptionScopeOverride: false,
          publicAccess,
          leaseStatus: 'Unlocked',
          leaseState: 'Available',
          lastModifiedTime: now,
          ...(metadata && { metadata }),
          legalHold: { hasLegalHold: false, tags: [] },
          hasImmutabilityPolicy: false,
          hasLegalHold: false,
        },
      };
    },
    remove: ({ name }) => {
      const [account = '', , container = ''] = name.split('/');
      return services.blobs.removeContainer(account, container);
    },
  };
}

/**
 * Azure: a container cannot be more public than its account allows.
 * Source: https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent
 */
function requirePublicAccess(
  services: ProviderServices,
  blobServiceId: string,
  wanted: string,
): void {
  if (wanted === 'None') return;
  const account = services.findResource(blobServiceId.replace(/\/blobServices\/[^/]+$/i, ''));
  if (account?.properties.allowBlobPublicAccess === true) return;
  throw new ServiceError(
    409,
    'PublicAccessNotPermitted',
    'Public access is not permitted on this storage account.',
  );
}
