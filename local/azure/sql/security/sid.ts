import { encodeUuid } from '../../tds/types/uuid.ts';

/**
 * A GUID as `sid` holds it: 16 bytes in the order of .NET's `Guid.ToByteArray()`, the first three groups reversed.
 * Source: https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-service-principal
 */
export const sidOf: (guid: string) => Uint8Array = encodeUuid;

/** As the catalogue keeps it. */
export function sidHex(sid: Uint8Array): string {
  return Buffer.from(sid).toString('hex');
}
