import { invalidRequestContent } from './gateway-errors.ts';

/**
 * A request body as ARM reads it: strict JSON, or what `az deployment` sends: an unquoted key before the
 * template's own bytes, with comments and raw line breaks in strings (Azure/azure-cli,
 * command_modules/resource/custom.py, JsonCTemplatePolicy).
 * An empty body is undefined. Throws 400 `InvalidRequestContent`.
 */
export function parseJsonBody(body: Buffer): unknown {
  const text = body.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Not strict JSON: rewrite and try once more.
  }
  try {
    return JSON.parse(toStrictJson(text));
  } catch (error) {
    throw invalidRequestContent(error instanceof Error ? error.message : String(error));
  }
}

/** As `parseJsonBody`, for operations that cannot do without an object. */
export function parseObjectBody(body: Buffer): Readonly<Record<string, unknown>> {
  const value = parseJsonBody(body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw invalidRequestContent(
    value === undefined ? 'The request body is empty.' : 'The request body is not a JSON object.',
  );
}

/** White space and comments; a number; a string in either quote; a bare word; a comma before a closing bracket; anything else. */
const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|-?\d[\w.+-]*|("[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^'\\]*(?:\\[\s\S][^'\\]*)*')|([A-Za-z_$][\w$]*)|(,)(?=(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*[}\]])|[\s\S]/g;

/** Rewrites JSON with comments, bare keys, single quotes, raw line breaks and trailing commas as strict JSON. */
export function toStrictJson(text: string): string {
  const parts: string[] = [];
  for (const [token, string, word, trailingComma] of text.matchAll(TOKEN)) {
    if (string !== undefined) parts.push(toStrictString(string));
    else if (word !== undefined)
      parts.push(/^(true|false|null)$/.test(word) ? word : JSON.stringify(word));
    else if (trailingComma === undefined && !/^(\s|\/[/*])/.test(token)) parts.push(token);
  }
  return parts.join('');
}

function toStrictString(string: string): string {
  const content = string.slice(1, -1);
  const unquoted = string.startsWith("'")
    ? content.replaceAll("\\'", "'").replace(/(?<!\\)"/g, '\\"')
    : content;
  return `"${unquoted.replace(/\p{Cc}/gu, escapeControl)}"`;
}

function escapeControl(character: string): string {
  return JSON.stringify(character).slice(1, -1);
}
