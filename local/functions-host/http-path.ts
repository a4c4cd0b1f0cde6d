// How Kestrel reads the path of a request line, and how ASP.NET writes it again.

/**
 * Percent-decodes except `%2F`, leaves invalid escapes as they are, and removes dot segments.
 * Returns undefined for what Kestrel answers with 400: an escaped NUL, or a target that is no path.
 */
export function decodePath(rawPath: string): string | undefined {
  if (!rawPath.startsWith('/') || /%00/.test(rawPath)) return undefined;
  const decoded = rawPath.replace(/(?:%[0-9a-f]{2})+/gi, decodeEscapes);
  return removeDotSegments(decoded);
}

function decodeEscapes(escapes: string): string {
  return escapes
    .split(/(%2f)/i)
    .map((part) => (/^%2f$/i.test(part) ? part : decodeValid(part)))
    .join('');
}

/** Whole UTF-8 sequences are decoded, a stray byte stays escaped. */
function decodeValid(escapes: string): string {
  const bytes = escapes.match(/%[0-9a-f]{2}/gi) ?? [];
  let decoded = '';
  for (let index = 0; index < bytes.length; ) {
    const length = sequenceLength(Number.parseInt((bytes[index] ?? '').slice(1), 16));
    const sequence = bytes.slice(index, index + length).join('');
    const character = tryDecode(sequence);
    decoded += character ?? bytes[index];
    index += character === undefined ? 1 : length;
  }
  return decoded;
}

function sequenceLength(byte: number): number {
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
}

function tryDecode(sequence: string): string | undefined {
  try {
    return decodeURIComponent(sequence);
  } catch {
    return undefined;
  }
}

/** [RFC 3986 5.2.4] */
function removeDotSegments(path: string): string {
  if (!/\/\.{1,2}(\/|$)/.test(path)) return path;
  const kept: string[] = [];
  const segments = path.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (last && (segment === '.' || segment === '..')) kept.push('');
  }
  return `/${kept.join('/')}`;
}

/** `PathString.ToUriComponent`: escapes what a path may not hold, and keeps escapes that are there. */
export function encodePath(path: string): string {
  return path.replace(/%[0-9a-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/]+/gi, (text) =>
    /^%[0-9a-f]{2}$/i.test(text) ? text : encodeURIComponent(text.toWellFormed()),
  );
}

export interface QueryParameter {
  readonly name: string;
  /** At least one. */
  readonly values: readonly string[];
}

/**
 * ASP.NET's query collection: names compare without case (the last spelling stays), values of one name collect.
 * `query` comes without its question mark.
 */
export function parseQuery(query: string): QueryParameter[] {
  const found = new Map<string, QueryParameter>();
  for (const pair of query.split('&').filter(Boolean)) {
    const equals = pair.indexOf('=');
    const name = decodeQueryPart(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decodeQueryPart(pair.slice(equals + 1));
    const before = found.get(name.toLowerCase())?.values ?? [];
    found.set(name.toLowerCase(), { name, values: [...before, value] });
  }
  return [...found.values()];
}

function decodeQueryPart(text: string): string {
  return text.replaceAll('+', ' ').replace(/(?:%[0-9a-f]{2})+/gi, decodeValid);
}
