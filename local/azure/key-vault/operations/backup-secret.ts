// A backup is the whole secret, sealed with a key that only this service has, as in Azure.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ServiceError } from '../../http/service-error.ts';
import { badParameter } from '../errors.ts';
import { parseObject } from '../secret-body.ts';
import { latest, toVersionItem } from '../secret-bundle.ts';
import { SecretVersion } from '../secret-version.ts';
import type { Secret } from '../vault.ts';
import { permissions, type VaultOperation } from '../vault-operation.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
// Pretend: a backup is good in every vault of this run; Azure binds it to subscription and geography.
const sealingKey = randomBytes(32);

export const backupSecret: VaultOperation = {
  method: 'POST',
  path: 'secrets/:name/backup',
  permission: permissions.backup,
  run: ({ vault, name }) => ({ status: 200, body: { value: seal(vault.get(name)) } }),
};

export const restoreSecret: VaultOperation = {
  method: 'POST',
  path: 'secrets/restore',
  permission: permissions.restore,
  run({ vault, body }) {
    const secret = unseal(parseObject(body).value);
    if (vault.isNameTaken(secret.name)) {
      // Pretend: the wording. The status is that of the REST reference.
      throw new ServiceError(409, 'Conflict', `There was a conflict restoring ${secret.name}.`);
    }
    vault.restore(secret);
    return { status: 200, body: toVersionItem(vault, secret, latest(secret)) };
  },
};

interface SealedVersion {
  readonly version: string;
  readonly value: string;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes: SecretVersion['attributes'];
}

function seal({ name, versions }: Secret): string {
  const plain = JSON.stringify({
    name,
    versions: versions.map((version): SealedVersion => ({ ...version, value: version.value })),
  });
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, sealingKey, nonce);
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

function unseal(value: unknown): Secret {
  // Pretend: the wording of this refusal.
  const refusal = () => badParameter('The backup is not one of this service.');
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64url') : Buffer.alloc(0);
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) throw refusal();
  const tagEnd = NONCE_BYTES + TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, sealingKey, bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, tagEnd));
  let plain: string;
  try {
    plain = decipher.update(bytes.subarray(tagEnd), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    throw refusal();
  }
  // Sealed by us and authenticated: the form is known.
  const { name, versions } = JSON.parse(plain) as { name: string; versions: SealedVersion[] };
  return { name, versions: versions.map(SecretVersion.restored) };
}
