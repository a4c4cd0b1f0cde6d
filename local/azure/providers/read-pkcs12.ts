import type { X509Certificate } from 'node:crypto';
import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';

/** Whether it begins as PKCS #12 does, a sequence whose first member is the version 3 (RFC 7292, section 4). */
export function isPkcs12(bytes: Buffer): boolean {
  const lengthBytes = bytes[1] === undefined || bytes[1] <= 0x80 ? 0 : bytes[1] & 0x7f;
  const version = bytes.subarray(2 + lengthBytes, 5 + lengthBytes);
  return bytes[0] === 0x30 && version.equals(Buffer.from([0x02, 0x01, 0x03]));
}

/**
 * The certificate that belongs to the private key of a PKCS #12 file; undefined where the password is another or
 * this Node cannot read its ciphers.
 * Node reads such files only to serve TLS with them: a socket that is never connected tells what it would show.
 */
export function readPkcs12(pfx: Buffer, passphrase = ''): X509Certificate | undefined {
  const wire = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  try {
    const secureContext = createSecureContext({ pfx, passphrase });
    const socket = new TLSSocket(wire, { isServer: true, secureContext });
    const certificate = socket.getX509Certificate();
    socket.destroy();
    return certificate;
  } catch {
    return undefined;
  } finally {
    wire.destroy();
  }
}
