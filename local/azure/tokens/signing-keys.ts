import { createHash, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const generateKeyPairAsync = promisify(generateKeyPair);

/** A public key as `discovery/keys` shows it. */
export interface PublishedKey {
  readonly kty: 'RSA';
  readonly use: 'sig';
  readonly kid: string;
  readonly x5t: string;
  /** base64url */
  readonly n: string;
  /** base64url */
  readonly e: string;
}

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** The RSA keys that sign the tenant's tokens: one signs, all published ones verify. */
export interface SigningKeys {
  current(): SigningKey;
  /** The public key with exactly this id, if it is published. */
  find(kid: string): KeyObject | undefined;
  published(): readonly PublishedKey[];
  /** Publishes one more key, which does not sign. Returns it. */
  add(): Promise<SigningKey>;
  /** Publishes a new key that signs from now on; the old ones still verify. Returns it. */
  rotate(): Promise<SigningKey>;
  /** Withdraws a key: tokens that it signed are refused. Throws if it is the one that signs. */
  retire(kid: string): void;
}

/** Makes the first key (RS256, 2,048 bits); further ones only when they are asked for. */
export async function createSigningKeys(): Promise<SigningKeys> {
  const keys = new Map<string, SigningKey & { publicKey: KeyObject; published: PublishedKey }>();
  let current = await add();

  async function add(): Promise<SigningKey> {
    const { privateKey } = await generateKeyPairAsync('rsa', { modulusLength: 2048 });
    const publicKey = createPublicKey(privateKey);
    const published = toPublishedKey(publicKey);
    const key = { kid: published.kid, privateKey, publicKey, published };
    keys.set(key.kid, key);
    return key;
  }

  return {
    current: () => current,
    find: (kid) => keys.get(kid)?.publicKey,
    published: () => [...keys.values()].map((key) => key.published),
    add,
    async rotate() {
      current = await add();
      return current;
    },
    retire(kid) {
      if (kid === current.kid) throw new Error(`key ${kid} signs; rotate before retiring it`);
      keys.delete(kid);
    },
  };
}

/**
 * Pretend: Entra's keys come with a certificate (`x5c`), whose SHA-1 thumbprint is `kid` and `x5t`.
 * Ours have none; the thumbprint is that of the public key.
 */
function toPublishedKey(publicKey: KeyObject): PublishedKey {
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const thumbprint = createHash('sha1').update(der).digest('base64url');
  return { kty: 'RSA', use: 'sig', kid: thumbprint, x5t: thumbprint, n, e };
}
