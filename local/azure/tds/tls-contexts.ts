import tls from 'node:tls';
import type { TlsIdentity } from '../http/server.ts';

export interface TlsContexts {
  /** TDS 8.0. */
  readonly strict: tls.SecureContext;
  /** TDS 7.x: at most TLS 1.2, as 1.3 sends tickets when the client has stopped to unwrap the handshake. */
  readonly classic: tls.SecureContext;
}

/** Throws for a key or certificate that cannot be read. */
export function createTlsContexts(identity: TlsIdentity): TlsContexts {
  const options = { ...identity, minVersion: 'TLSv1.2' } as const;
  return {
    strict: tls.createSecureContext(options),
    classic: tls.createSecureContext({ ...options, maxVersion: 'TLSv1.2' }),
  };
}
