// F1 to F16: signature and header.
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { otherUserAssigned } from '../embedded-tenant.ts';
import type { Bench, Forgery } from '../token-bench.ts';
import { base64Url, decodePart, forge, type Json, signParts } from '../token-forgery.ts';

const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });

const short = generateKeyPairSync('rsa', { modulusLength: 1024 });

const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Same claims, another header, signed by a key of the attacker's. */
function underForeignKey({ claims }: Bench, header: Json): string {
  const full = { typ: 'JWT', alg: 'RS256', ...header };
  return signParts(base64Url(full), base64Url(claims), foreign.privateKey);
}

function withAlgorithm({ tenant, claims }: Bench, algorithm: string, hash: string): string {
  const { kid, privateKey } = tenant.keys.current();
  const input = `${base64Url({ typ: 'JWT', alg: algorithm, kid })}.${base64Url(claims)}`;
  const options = algorithm.startsWith('PS')
    ? { key: privateKey, padding: 6, saltLength: 32 }
    : algorithm.startsWith('ES')
      ? { key: curve.privateKey, dsaEncoding: 'ieee-p1363' as const }
      : { key: privateKey };
  return `${input}.${sign(hash, Buffer.from(input), options).toString('base64url')}`;
}

function withSignature({ genuine }: Bench, change: (signature: Buffer) => Uint8Array): string {
  const [header, payload, signature = ''] = genuine.split('.');
  return `${header}.${payload}.${base64Url(change(Buffer.from(signature, 'base64url')))}`;
}

export const signatureForgeries: readonly Forgery[] = [
  {
    name: 'F1 a foreign key under our kid',
    problem: 'signature',
    make: (b) => underForeignKey(b, { kid: b.tenant.keys.current().kid }),
  },
  {
    name: 'F2 an unknown kid',
    problem: 'signature',
    make: (b) => b.forged({}, { kid: 'unknown' }),
  },
  { name: 'F3 no kid', problem: 'signature', make: (b) => b.forged({}, { kid: undefined }) },
  {
    name: 'F4 a kid that is no string',
    problem: 'signature',
    make: (b) => [[b.tenant.keys.current().kid], 7, {}, null].map((kid) => b.forged({}, { kid })),
  },
  {
    name: 'F5 a kid with a path, SQL or a prototype in it',
    problem: 'signature',
    make: (b) =>
      ['../../dev/null', "' OR 1=1--", '__proto__', 'constructor', ''].map((kid) =>
        underForeignKey(b, { kid }),
      ),
  },
  {
    name: 'F6 alg none',
    problem: 'signature',
    make: (b) =>
      ['none', 'nOnE', undefined].flatMap((alg) => {
        const { kid } = b.tenant.keys.current();
        const input = `${base64Url({ typ: 'JWT', kid, alg })}.${base64Url(b.claims)}`;
        return [`${input}.`, b.forged({}, { alg })];
      }),
  },
  {
    name: 'F7 HS256 keyed with the public key',
    problem: 'signature',
    make: (b) => {
      const { kid } = b.tenant.keys.current();
      const key = b.tenant.keys.find(kid);
      const secrets = [
        key?.export({ format: 'pem', type: 'spki' }) ?? '',
        key?.export({ format: 'der', type: 'spki' }) ?? '',
        JSON.stringify(key?.export({ format: 'jwk' })),
      ];
      const input = `${base64Url({ typ: 'JWT', alg: 'HS256', kid })}.${base64Url(b.claims)}`;
      return secrets.map(
        (secret) => `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`,
      );
    },
  },
  {
    name: 'F8 another algorithm',
    problem: 'signature',
    make: (b) => [
      withAlgorithm(b, 'RS384', 'RSA-SHA384'),
      withAlgorithm(b, 'RS512', 'RSA-SHA512'),
      withAlgorithm(b, 'PS256', 'sha256'),
      withAlgorithm(b, 'ES256', 'sha256'),
    ],
  },
  {
    name: 'F9 a key in the header',
    problem: 'malformed',
    make: (b) =>
      underForeignKey(b, { kid: 'mine', jwk: foreign.publicKey.export({ format: 'jwk' }) }),
  },
  {
    name: 'F10 an address of keys in the header',
    problem: 'malformed',
    make: (b) =>
      [{ jku: 'https://evil.example/keys' }, { x5u: 'https://evil.example/cert' }].map((header) =>
        b.forged({}, header),
      ),
  },
  {
    name: 'F11 a certificate in the header',
    problem: 'malformed',
    make: (b) => b.forged({}, { x5c: ['MIIB'] }),
  },
  {
    name: 'F12 extensions in the header',
    problem: 'malformed',
    make: (b) =>
      [{ crit: ['exp'] }, { crit: [] }, { b64: false, crit: ['b64'] }, { zip: 'DEF' }].map(
        (header) => b.forged({}, header),
      ),
  },
  {
    name: 'F13 a changed payload',
    problem: 'signature',
    make: (b) => {
      const [header, , signature] = b.genuine.split('.');
      return `${header}.${base64Url({ ...b.claims, oid: otherUserAssigned.principalId })}.${signature}`;
    },
  },
  {
    name: 'F14 a signature cut, longer, zero or empty',
    problem: 'signature',
    make: (b) => [
      withSignature(b, (signature) => signature.subarray(0, -1)),
      withSignature(b, (signature) => Buffer.concat([signature, Buffer.from([0])])),
      withSignature(b, (signature) => Buffer.concat([Buffer.from([0]), signature])),
      withSignature(b, (signature) => Buffer.alloc(signature.length)),
      withSignature(b, () => Buffer.alloc(0)),
    ],
  },
  {
    name: 'F15 a 1,024-bit key',
    problem: 'signature',
    make: (b) =>
      signParts(base64Url(decodePart(b.genuine, 0)), base64Url(b.claims), short.privateKey),
  },
  {
    name: 'F16 a retired key',
    problem: 'signature',
    make: async (b) => {
      const retired = await b.tenant.keys.add();
      b.tenant.keys.retire(retired.kid);
      return forge(retired, b.claims);
    },
  },
];
