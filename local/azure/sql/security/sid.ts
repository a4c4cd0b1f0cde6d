/**
 * A GUID as `sid` holds it: 16 bytes in the order of .NET's `Guid.ToByteArray()`, the first three groups reversed.
 * Source: https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-service-principal
 */
export function sidOf(guid: string): Uint8Array {
  const hex = guid.replaceAll('-', '');
  const bytes = Buffer.from(hex, 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** As the catalogue keeps it. */
export function sidHex(sid: Uint8Array): string {
  return Buffer.from(sid).toString('hex');
}
