/** Deeper JSON is refused; tokens of Entra ID nest two levels. */
const MAX_DEPTH = 16;

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * Parses a JSON object from UTF-8 bytes, refusing what parsers read in different ways:
 * invalid UTF-8, a byte order mark, a name given twice, deep nesting.
 * Throws SyntaxError (TypeError for bad UTF-8).
 * Source: RFC 7515 section 10.12, RFC 8259 sections 4 and 8.1
 */
export function parseStrictJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SyntaxError('not a JSON object');
  }
  assertPlainNesting(text);
  return value as Record<string, unknown>;
}

/** `text` must be valid JSON: then a string is a name exactly if a colon follows. */
function assertPlainNesting(text: string): void {
  const namesPerLevel: Set<string>[] = [];
  let lastString = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      if (namesPerLevel.push(new Set()) > MAX_DEPTH) throw new SyntaxError('nested too deeply');
    } else if (token === '}' || token === ']') {
      namesPerLevel.pop();
    } else if (token === ':') {
      const name: string = JSON.parse(lastString);
      const names = namesPerLevel.at(-1);
      if (names?.has(name)) throw new SyntaxError('a name occurs twice');
      names?.add(name);
    } else if (token !== ',') {
      lastString = token;
    }
  }
}
