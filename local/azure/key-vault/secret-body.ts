import { badParameter } from './errors.ts';
import type { SecretChanges, SecretContent } from './secret-version.ts';

/** https://learn.microsoft.com/azure/key-vault/secrets/about-secrets: at most 25 KB. */
const MAX_VALUE_BYTES = 25 * 1024;
const MAX_TAGS = 15;

/**
 * The body of a set. Throws BadParameter.
 * Pretend: the wording of these refusals.
 */
export function parseSecretContent(body: Buffer): SecretContent {
  const fields = parseObject(body);
  const { value } = fields;
  if (typeof value !== 'string') throw badParameter('Property value is required: a string.');
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES) {
    throw badParameter(`Property value is over ${MAX_VALUE_BYTES} bytes.`);
  }
  return { value, ...parseProperties(fields) };
}

/** The body of an update. Throws BadParameter. */
export function parseSecretChanges(body: Buffer): SecretChanges {
  return parseProperties(parseObject(body));
}

export function parseObject(body: Buffer): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw badParameter('The request body is not JSON.'); // without the cause: it would quote the body
  }
  if (!isObject(parsed)) throw badParameter('The request body is not a JSON object.');
  return parsed;
}

function parseProperties({
  contentType,
  tags,
  attributes,
}: Record<string, unknown>): SecretChanges {
  if (contentType !== undefined && contentType !== null && typeof contentType !== 'string') {
    throw badParameter('Property contentType has an invalid value: a string is expected.');
  }
  return {
    ...(typeof contentType === 'string' && { contentType }),
    ...(tags !== undefined && tags !== null && { tags: parseTags(tags) }),
    ...(attributes !== undefined &&
      attributes !== null && { attributes: parseAttributes(attributes) }),
  };
}

function parseTags(tags: unknown): Record<string, string> {
  const entries = isObject(tags) ? Object.entries(tags) : undefined;
  if (!entries?.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
    throw badParameter('Property tags has an invalid value: an object of strings is expected.');
  }
  if (entries.length > MAX_TAGS) throw badParameter(`Property tags has over ${MAX_TAGS} entries.`);
  return Object.fromEntries(entries);
}

function parseAttributes(attributes: unknown): NonNullable<SecretChanges['attributes']> {
  if (!isObject(attributes)) throw badParameter('Property attributes has an invalid value.');
  const { enabled } = attributes;
  if (enabled !== undefined && enabled !== null && typeof enabled !== 'boolean') {
    throw badParameter('Property attributes.enabled has an invalid value: a boolean is expected.');
  }
  const nbf = parseSeconds('nbf', attributes.nbf);
  const exp = parseSeconds('exp', attributes.exp);
  return {
    ...(typeof enabled === 'boolean' && { enabled }),
    ...(nbf !== undefined && { nbf }),
    ...(exp !== undefined && { exp }),
  };
}

function parseSeconds(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw badParameter(`Property attributes.${name} has an invalid value: seconds since 1970.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
