// Makes the CA and the one leaf that it signs. `reflect-metadata` must come first:
// @peculiar/x509 needs it and does not declare it.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** dNSName constraints cover the name and everything below it (RFC 5280 4.2.1.10). */
const PERMITTED_DOMAINS = [
  'management.azure.com',
  'vault.azure.net',
  'blob.core.windows.net',
  'login.microsoftonline.com',
  'graph.microsoft.com',
  'azurewebsites.net',
  'servicebus.windows.net',
  'database.windows.net',
  'localhost',
];

export interface Certificates {
  /** The CA, PEM. */
  readonly certificate: string;
  /** PKCS #8 PEM. */
  readonly leafKey: string;
  readonly leafCertificate: string;
}

/**
 * A CA limited to Azure's names by critical name constraints, and a leaf for `names` and 127.0.0.1.
 * The CA's key signs that one leaf and is then forgotten: nothing on disk can sign another name.
 */
export async function createCertificates(
  names: readonly string[],
  notAfter: Date,
): Promise<Certificates> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const notBefore = new Date(Date.now() - 3600_000);
  const authorityKeys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const name = 'CN=Local Azure (embedded, this machine only)';
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(16).toString('hex'),
    name,
    notBefore,
    notAfter,
    keys: authorityKeys,
    signingAlgorithm: P256,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
      nameConstraints(),
    ],
  });
  const leafKeys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(16).toString('hex'),
    subject: 'CN=localhost',
    issuer: name,
    notBefore,
    notAfter,
    signingKey: authorityKeys.privateKey,
    publicKey: leafKeys.publicKey,
    signingAlgorithm: P256,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns' as const, value })),
        { type: 'ip' as const, value: '127.0.0.1' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authority, false),
    ],
  });
  return {
    certificate: `${authority.toString('pem')}\n`,
    leafKey: await exportPrivateKey(leafKeys.privateKey),
    leafCertificate: `${leaf.toString('pem')}\n`,
  };
}

async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

/** Critical nameConstraints, permitted subtrees only (RFC 5280 4.2.1.10): DNS names and 127.0.0.1/32. */
function nameConstraints(): x509.Extension {
  const subtree = (tag: number, bytes: Buffer) => der(0x30, der(tag, bytes));
  const permitted = Buffer.concat([
    ...PERMITTED_DOMAINS.map((domain) => subtree(0x82, Buffer.from(domain, 'latin1'))),
    subtree(0x87, Buffer.from([127, 0, 0, 1, 255, 255, 255, 255])),
  ]);
  return new x509.Extension('2.5.29.30', true, new Uint8Array(der(0x30, der(0xa0, permitted))));
}

/** One DER element; lengths below 64 KiB. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const header =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}
