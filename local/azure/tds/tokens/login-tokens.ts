// What only a login's answer has: FEDAUTHINFO, LOGINACK, FEATUREEXTACK [MS-TDS 2.2.7.12, 2.2.7.14, 2.2.7.11].
import type { ByteWriter } from '../byte-writer.ts';
import { tdsVersion } from '../login7.ts';
import { serverVersion } from '../prelogin.ts';
import { feature } from './feature.ts';
import { token } from './token.ts';

const INTERFACE_SQL_SERVER = 1;

/** `clientVersion`: as LOGIN7 has it; one newer than ours is answered with 7.4. */
export function writeLoginAcknowledgement(writer: ByteWriter, clientVersion: number): void {
  const version = Buffer.alloc(4);
  version.writeUInt32BE(Math.min(clientVersion, tdsVersion.v74));
  writer.uint8(token.loginAcknowledgement).counted16(() => {
    writer.uint8(INTERFACE_SQL_SERVER).bytes(version).shortText('Microsoft SQL Server');
    writer.bytes(serverVersion.subarray(0, 4));
  });
}

/** Acknowledges the token, with no data as there is no nonce to sign, and UTF-8. */
export function writeFeatureAcknowledgement(
  writer: ByteWriter,
  { isFederated, wantsUtf8 }: { isFederated: boolean; wantsUtf8: boolean },
): void {
  writer.uint8(token.featureAcknowledgement);
  if (isFederated) writer.uint8(feature.federatedAuthentication).uint32(0);
  if (wantsUtf8) writer.uint8(feature.utf8).uint32(1).uint8(1);
  writer.uint8(feature.terminator);
}

const info = { stsUrl: 1, spn: 2 } as const;

/** Offsets count from the number of options. */
export function writeFederatedAuthenticationInfo(
  writer: ByteWriter,
  { stsUrl, spn }: { readonly stsUrl: string; readonly spn: string },
): void {
  const dataAt = 4 + 2 * 9;
  const stsLength = stsUrl.length * 2;
  writer.uint8(token.federatedAuthenticationInfo).counted32(() => {
    writer.uint32(2);
    writer.uint8(info.stsUrl).uint32(stsLength).uint32(dataAt);
    writer
      .uint8(info.spn)
      .uint32(spn.length * 2)
      .uint32(dataAt + stsLength);
    writer.text(stsUrl).text(spn);
  });
}
