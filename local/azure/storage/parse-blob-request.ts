// What a request is about. It is judged by this reading and forwarded as this reading spells it,
// so that Azurite cannot understand another thing than the one that was allowed.
import { StorageError } from './storage-error.ts';

export interface BlobResource {
  readonly level: 'account' | 'container' | 'blob';
  /** '' at account level. */
  readonly container: string;
  /** '' at account and container level. */
  readonly blob: string;
}

export interface BlobTarget extends BlobResource {
  /** Percent-encoded anew. */
  readonly path: string;
  /** Lower-case name → decoded value: the parameters that blob storage has, each once. */
  readonly query: ReadonlyMap<string, string>;
  /** The same of a shared access signature; empty if there is none. */
  readonly signature: ReadonlyMap<string, string>;
}

/** https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api: others are ignored, as in Azure. */
const PARAMETERS = new Set([
  'comp',
  'restype',
  'timeout',
  'prefix',
  'delimiter',
  'marker',
  'maxresults',
  'include',
  'showonly',
  'where',
  'snapshot',
  'prevsnapshot',
  'blockid',
  'blocklisttype',
  'copyid',
]);

/** https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas, -service-sas, -account-sas */
const SIGNATURE_PARAMETERS = new Set(
  `sv ss srt st se sr sp sip spr sig si skoid sktid skt ske sks skv saoid suoid scid sdd ses
  skdutid sduoid srh srq rscc rscd rsce rscl rsct`.split(/\s+/),
);

/** Parameters whose absence would change what the request means. */
const NOT_SERVED = new Set(['versionid', 'deletetype', 'action', 'resource', 'recursive']);

/** `target` is path and query as received. Throws StorageError for what no operation can mean. */
export function parseBlobTarget(target: string): BlobTarget {
  const [rawPath = '/', ...rawQuery] = target.split('?');
  const resource = parseResource(rawPath);
  const all = parseQuery(rawQuery.join('?'));
  const only = (names: ReadonlySet<string>) =>
    new Map([...all].filter(([name]) => names.has(name)));
  return {
    ...resource,
    path: encodePath(resource),
    query: only(PARAMETERS),
    signature: all.has('sig') ? only(SIGNATURE_PARAMETERS) : new Map(),
  };
}

/** `?a=b&c=d` of a target, '' if there is none. */
export function encodeQuery(query: ReadonlyMap<string, string>): string {
  const pairs = [...query].map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return pairs.length ? `?${pairs.join('&')}` : '';
}

/**
 * Azure: an encoded slash separates like a plain one, and a backslash in a blob's name is a slash
 * (https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata).
 */
export function parseResource(rawPath: string): BlobResource {
  const [container = '', ...rest] = decode(rawPath).replace(/^\//, '').split('/');
  const blob = rest.join('/').replaceAll('\\', '/');
  if (container === '') {
    if (blob !== '') throw invalidUri();
    return { level: 'account', container, blob };
  }
  return { level: blob === '' ? 'container' : 'blob', container, blob };
}

function encodePath({ container, blob }: BlobResource): string {
  const segments = blob === '' ? [container] : [container, ...blob.split('/')];
  return `/${segments.map(encodeURIComponent).join('/')}`;
}

function parseQuery(rawQuery: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of rawQuery.split('&')) {
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals)).toLowerCase();
    if (NOT_SERVED.has(name)) {
      // Pretend: blob versions and the Data Lake operations are not served; Azure would answer.
      throw new StorageError(
        400,
        'UnsupportedQueryParameter',
        'One of the query parameters specified in the request URI is not supported.',
      );
    }
    if (!PARAMETERS.has(name) && !SIGNATURE_PARAMETERS.has(name)) continue;
    if (query.has(name)) {
      throw new StorageError(
        400,
        'InvalidQueryParameterValue',
        'Value for one of the query parameters specified in the request URI is invalid.',
      );
    }
    query.set(name, equals === -1 ? '' : decode(pair.slice(equals + 1).replaceAll('+', '%20')));
  }
  return query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw invalidUri(error);
  }
}

function invalidUri(cause?: unknown): StorageError {
  return new StorageError(
    400,
    'InvalidUri',
    'The requested URI does not represent any resource on the server.',
    { cause },
  );
}
