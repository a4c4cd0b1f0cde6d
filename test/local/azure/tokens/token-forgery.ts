// Builds tokens by hand: as Entra would, and wrong in one place.
import { type KeyObject, sign } from 'node:crypto';
import type { SigningKey } from '../../../../local/azure/tokens/signing-keys.ts';

export type Json = Record<string, unknown>;

export function base64Url(value: string | Uint8Array | Json): string {
  const bytes =
    typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value);
  return Buffer.from(bytes).toString('base64url');
}

export function decodePart(token: string, index: 0 | 1): Json {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());
}

/** Signs the two parts as they are, whatever they are. */
export function signParts(header: string, payload: string, privateKey: KeyObject): string {
  const signature = sign('RSA-SHA256', Buffer.from(`${header}.${payload}`), privateKey);
  return `${header}.${payload}.${signature.toString('base64url')}`;
}

/** A genuinely signed token with these claims; the header's members win over the usual ones. */
export function forge(key: SigningKey, claims: Json, header: Json = {}): string {
  const fullHeader = { typ: 'JWT', alg: 'RS256', x5t: key.kid, kid: key.kid, ...header };
  return signParts(base64Url(fullHeader), base64Url(claims), key.privateKey);
}

/** Without members that are undefined. */
export function without(claims: Json, ...names: string[]): Json {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
}
