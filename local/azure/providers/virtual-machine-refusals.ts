// What Microsoft.Compute refuses in the body of a virtual machine.
import { ServiceError } from '../http/service-error.ts';
import { toLocationName } from './location-name.ts';
import type { ProviderServices, PutRequest } from './provider.ts';
import { type Properties, readArray, readObject, readString } from './read-property.ts';

/** Base64 of 64 KB less one byte. */
const CUSTOM_DATA_CHARACTERS = 87_380;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * A machine from an image needs an account [ansible-collections/azure#378]; one from a disk, or from a specialized
 * image, which has only an id, has its own.
 * Pretend: a body without a storage profile is taken; Azure wants one, and much in it.
 */
export function requireAccount({ body, existing }: PutRequest): void {
  const storage = readObject(body.properties, 'storageProfile');
  const isNamedImage = readString(readObject(storage, 'imageReference'), 'publisher') !== undefined;
  const osProfile = readObject(body.properties, 'osProfile');
  if (!existing && isNamedImage && !osProfile) {
    throw invalidParameter('osProfile', "Required parameter 'osProfile' is missing (null).");
  }
  requireSignIn(osProfile, existing !== undefined);
}

/** [Azure/azure-xplat-cli#2502], and the target: hashicorp/terraform-provider-azurerm, linux_virtual_machine_resource.go */
function requireSignIn(osProfile: Properties | undefined, isUpdate: boolean): void {
  const linux = readObject(osProfile, 'linuxConfiguration');
  if (isUpdate || !linux) return;
  const keys = readArray(readObject(linux, 'ssh'), 'publicKeys') ?? [];
  if (keys.length > 0 || readString(osProfile, 'adminPassword') !== undefined) return;
  throw invalidParameter(
    'linuxConfiguration',
    'Authentication using either SSH or by user name and password must be enabled in Linux profile.',
  );
}

/** Throws 400 [Azure/aks-engine#1663], and 409 for other data than at its creation [Azure/azure-sdk-for-java#1912]. */
export function requireCustomData(
  customData: string | undefined,
  { existing, kept }: { existing: boolean; kept: string | undefined },
): void {
  if (customData === undefined) return;
  if (existing && customData !== kept) {
    throw new ServiceError(
      409,
      'PropertyChangeNotAllowed',
      "Changing property 'customData' is not allowed.",
      { target: 'customData' },
    );
  }
  if (customData.length <= CUSTOM_DATA_CHARACTERS && BASE64.test(customData)) return;
  throw invalidParameter(
    'customData',
    'Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters.',
  );
}

/** Pretend: Microsoft.Network's refusal of a reference [MicrosoftDocs/azure-docs#81734], for want of Compute's own. */
export function requireInterfaces(
  services: Pick<ProviderServices, 'findResource'>,
  { id, body, existing }: PutRequest,
): void {
  const network = readObject(body.properties, 'networkProfile');
  const location = toLocationName(existing?.location ?? body.location ?? '');
  for (const [index, each] of (readArray(network, 'networkInterfaces') ?? []).entries()) {
    const interfaceId = readString(each as Properties | undefined, 'id');
    if (interfaceId === undefined) throw missingReference(index);
    const found = services.findResource(interfaceId);
    if (found && toLocationName(found.location ?? '') === location) continue;
    throw new ServiceError(
      400,
      'InvalidResourceReference',
      `Resource ${interfaceId} referenced by resource ${id.id} was not found. Please make sure that the referenced ` +
        'resource exists, and that both resources are in the same region.',
    );
  }
}

/** [Azure/azure-quickstart-templates#3785] */
function missingReference(index: number): ServiceError {
  return new ServiceError(400, 'InvalidRequestFormat', 'Cannot parse the request.', {
    details: [
      {
        code: 'MissingJsonReferenceId',
        message: `Value for reference id is missing. Path Properties.NetworkProfile.networkInterfaces[${index}].`,
      },
    ],
  });
}

function invalidParameter(target: string, message: string): ServiceError {
  return new ServiceError(400, 'InvalidParameter', message, { target });
}
