// Collations [MS-TDS 2.2.5.1.2].

/** SQL_Latin1_General_CP1_CI_AS: LCID 0x0409, ignoring case, kana and width; sort id 52. */
export const databaseCollation = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

/** fUTF8, bit 26. */
export function isUtf8(collation: Buffer): boolean {
  return ((collation[3] ?? 0) & 0x04) !== 0;
}
