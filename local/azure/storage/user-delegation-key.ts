import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Clock } from '../clock.ts';
import type { Directory } from '../directory.ts';
import type { Credentials } from './authenticate-blob-request.ts';
import { deriveDelegationKey } from './delegation-signature.ts';
import type { ForwardedAnswer } from './forward.ts';
import { azureHeaders } from './forward-to-azurite.ts';
import { escapeXml, StorageError } from './storage-error.ts';

const MAX_LIFETIME_MS = 7 * 24 * 3600 * 1000;
const MAX_KEY_INFO_BYTES = 4096;

interface UserDelegationParts {
  readonly directory: Directory;
  readonly clock: Clock;
  /** Base64. */
  readonly delegationSecret: string;
}

/** Answers Get User Delegation Key, which Azurite cannot: it reads no token of ours. */
export async function answerUserDelegationKey(
  { directory, clock, delegationSecret }: UserDelegationParts,
  credentials: Credentials,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<ForwardedAnswer> {
  // Azure: only with a token. https://learn.microsoft.com/rest/api/storageservices/get-user-delegation-key
  if (credentials.kind !== 'token') throw permissionNeedsToken();
  if (!(Number(incoming.headers['content-length']) <= MAX_KEY_INFO_BYTES)) {
    throw new StorageError(
      411,
      'MissingContentLengthHeader',
      'Content-Length HTTP header is not specified.',
    );
  }
  const body = createUserDelegationKey(await text(incoming), {
    principalId: credentials.principalId,
    tenantId: directory.tenantId,
    delegationSecret,
    version: String(incoming.headers['x-ms-version']),
    nowMs: clock.nowMs(),
  });
  outgoing.writeHead(200, { 'Content-Type': 'application/xml', ...azureHeaders(incoming) });
  outgoing.end(body);
  return { status: 200 };
}

function permissionNeedsToken(): StorageError {
  return new StorageError(
    403,
    'AuthenticationFailed',
    'Only authentication scheme Bearer is supported.',
  );
}

/**
 * Get User Delegation Key: the answer's XML for the `KeyInfo` XML of the request.
 * https://learn.microsoft.com/rest/api/storageservices/get-user-delegation-key
 */
function createUserDelegationKey(
  body: string,
  key: {
    principalId: string;
    tenantId: string;
    /** Base64. */
    delegationSecret: string;
    /** x-ms-version of the request. */
    version: string;
    nowMs: number;
  },
): string {
  const start = readTime(body, 'Start') ?? new Date(key.nowMs);
  const expiry = readTime(body, 'Expiry');
  if (!expiry || expiry <= start || expiry.getTime() > key.nowMs + MAX_LIFETIME_MS) {
    throw invalidNode();
  }
  const signed = { start: toSeconds(start), expiry: toSeconds(expiry) };
  const value = deriveDelegationKey(key.delegationSecret, { ...key, ...signed });
  const fields = Object.entries({
    SignedOid: key.principalId,
    SignedTid: key.tenantId,
    SignedStart: signed.start,
    SignedExpiry: signed.expiry,
    SignedService: 'b',
    SignedVersion: key.version,
    Value: value,
  }).map(([name, content]) => `<${name}>${escapeXml(content)}</${name}>`);
  return `\u{feff}<?xml version="1.0" encoding="utf-8"?><UserDelegationKey>${fields.join('')}</UserDelegationKey>`;
}

function readTime(xml: string, name: string): Date | undefined {
  const content = xml.match(new RegExp(`<${name}>([^<]{1,40})</${name}>`))?.[1];
  if (content === undefined) return undefined;
  const time = new Date(content);
  if (Number.isNaN(time.getTime())) throw invalidNode();
  return time;
}

/** `2026-11-25T02:13:00Z`: the form in which SDKs put it into a SAS. */
function toSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

function invalidNode(): StorageError {
  return new StorageError(
    400,
    'InvalidXmlNodeValue',
    'The value for one of the XML nodes is not in the correct format.',
  );
}
