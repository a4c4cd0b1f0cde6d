import { parserFailure, type QueryPosition } from '../query-error.ts';

export type TokenKind =
  | 'name'
  | 'string'
  | 'number'
  | 'timespan'
  | 'datetime'
  | 'operator'
  | 'sign'
  | 'end';

export interface Token extends QueryPosition {
  readonly kind: TokenKind;
  /** The content of a text, the words of a `datetime(…)`; else the token itself. */
  readonly text: string;
}

/** In the order in which they are tried. Source: https://learn.microsoft.com/kusto/query/scalar-data-types */
const PATTERNS: readonly (readonly [TokenKind | 'blank', RegExp])[] = [
  ['blank', /(?:\s|\/\/[^\n]*)+/y],
  ['string', /@'(?:[^']|'')*'|@"(?:[^"]|"")*"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/y],
  ['datetime', /datetime\s*\(([^)]*)\)/y],
  ['timespan', /\d+(?:\.\d+)?(?:microseconds?|milliseconds?|ms|[dhms])\b/y],
  ['number', /\d+(?:\.\d+)?\b/y],
  [
    'operator',
    /!(?:in~?|contains(?:_cs)?|has(?:_cs)?|startswith(?:_cs)?|endswith(?:_cs)?)(?![\w~])|in~|[=!<>]=|[=!]~|[<>]/y,
  ],
  ['name', /(?:project|mv|make|parse|top|sample)-[a-z]+|[A-Za-z_]\w*/y],
  ['sign', /\.\.|[|,()[\].=+\-*/%{}:;$]/y],
];

/** Throws GraphError at a character that begins nothing. */
export function tokenize(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < query.length) {
    const found = match(query, index);
    if (!found)
      throw parserFailure(tokenAt(query, index, query[index] ?? ''), expected(query, index));
    if (found.kind !== 'blank') {
      const position = tokenAt(query, index, found.whole);
      tokens.push({ ...position, kind: found.kind, text: found.text });
    }
    index += found.whole.length;
  }
  tokens.push({ ...tokenAt(query, index, '<EOF>'), kind: 'end', text: '' });
  return tokens;
}

function match(query: string, index: number) {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = index;
    const found = pattern.exec(query);
    if (!found) continue;
    const [whole, inner] = found;
    return { kind, whole, text: kind === 'string' ? contentOf(whole) : (inner ?? whole) };
  }
  return undefined;
}

function contentOf(literal: string): string {
  if (!literal.startsWith('@')) {
    return literal
      .slice(1, -1)
      .replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
  }
  const quote = literal.charAt(1);
  return literal.slice(2, -1).replaceAll(quote + quote, quote);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Azure: a text that does not end names its quote. [Azure/aztfexport#485] */
function expected(query: string, index: number): string | undefined {
  const character = query[index];
  return character === "'" || character === '"' ? character : undefined;
}

function tokenAt(query: string, index: number, token: string): QueryPosition {
  const before = query.slice(0, index);
  return {
    line: before.split('\n').length,
    column: index - (before.lastIndexOf('\n') + 1),
    token,
  };
}
