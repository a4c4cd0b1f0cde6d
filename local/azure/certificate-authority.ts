import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates } from './create-certificates.ts';
import { doorNames } from './doors.ts';
import type { TlsIdentity } from './http/server.ts';

const DAY_MS = 24 * 3600 * 1000;
const LIFETIME_DAYS = 30;
/** A CA this close to its end is made anew, so that no run outlives it. */
const RENEWAL_DAYS = 2;
export interface CertificateAuthority {
  /** PEM file that clients trust: NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE. */
  readonly certificatePath: string;
  readonly certificatePem: string;
  /** One leaf for all doors, with Azure's wildcard names, `localhost` and 127.0.0.1. */
  readonly serverIdentity: TlsIdentity;
}

/**
 * The machine's local CA: read from `directory`, or made there on the first run and shortly before it ends.
 * The key file has mode 0600, the CA is limited to Azure's names by critical name constraints and lives 30 days.
 */
export async function loadCertificateAuthority(directory: string): Promise<CertificateAuthority> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const bundlePath = join(directory, 'certificate-authority.json');
  const certificatePath = join(directory, 'certificate-authority.pem');
  const bundle = readBundle(bundlePath) ?? (await createBundle());
  writePrivately(bundlePath, JSON.stringify(bundle));
  writePrivately(certificatePath, bundle.certificate);
  return {
    certificatePath,
    certificatePem: bundle.certificate,
    serverIdentity: { key: bundle.leafKey, cert: bundle.leafCertificate + bundle.certificate },
  };
}

interface Bundle extends Certificates {
  readonly names: string;
  readonly notAfterMs: number;
}

function readBundle(path: string): Bundle | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const bundle = JSON.parse(readFileSync(path, 'utf8')) as Bundle;
    const usable =
      bundle.names === leafNames().join() && bundle.notAfterMs > Date.now() + RENEWAL_DAYS * DAY_MS;
    return usable ? bundle : undefined;
  } catch {
    return undefined; // A torn file of a killed run: make it anew.
  }
}

/** Mode 0600. Whoever reads the file meanwhile reads all of the old text or all of the new. */
export function writePrivately(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}

/** Names of the leaf: wildcards for suffixes. Messaging and SQL are included so that one CA serves every door. */
function leafNames(): string[] {
  const doors = Object.values(doorNames)
    .filter((door) => door.port === 443)
    .flatMap((door) => door.hosts.map((host) => (host.startsWith('.') ? `*${host}` : host)));
  return [
    ...new Set([...doors, '*.servicebus.windows.net', '*.database.windows.net', 'localhost']),
  ];
}

async function createBundle(): Promise<Bundle> {
  // Loaded here, as most starts find a CA and need none of it.
  const { createCertificates } = await import('./create-certificates.ts');
  const notAfterMs = Date.now() + LIFETIME_DAYS * DAY_MS;
  const names = leafNames();
  return {
    ...(await createCertificates(names, new Date(notAfterMs))),
    names: names.join(),
    notAfterMs,
  };
}
