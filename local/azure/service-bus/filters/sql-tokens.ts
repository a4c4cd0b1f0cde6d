import { FilterSyntaxError } from './filter-error.ts';

export type SqlToken =
  | { readonly kind: 'keyword' | 'operator'; readonly text: string; readonly at: number }
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'string' | 'parameter'; readonly text: string; readonly at: number }
  | { readonly kind: 'integer' | 'decimal'; readonly text: string; readonly at: number };

const keywords = new Set([
  'AND',
  'OR',
  'NOT',
  'IS',
  'NULL',
  'IN',
  'LIKE',
  'ESCAPE',
  'EXISTS',
  'TRUE',
  'FALSE',
]);

const FORM =
  /\s*(?:(?<name>\p{L}[_\p{L}\p{Nd}]*)|(?<decimal>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)|(?<integer>\d+)|(?<parameter>@[_\p{L}\p{Nd}]+)|'(?<string>(?:[^']|'')*)'|\[(?<bracketed>(?:[^\]]|\]\])+)\]|"(?<quoted>(?:[^"]|"")+)"|(?<operator><>|!=|>=|<=|[=<>+\-*/%(),.]))/uy;

/** Cuts a filter expression into tokens. Source: service-bus-messaging-sql-filter. Throws FilterSyntaxError. */
export function readSqlTokens(expression: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  const end = expression.trimEnd().length;
  FORM.lastIndex = 0;
  while (FORM.lastIndex < end) {
    const at = FORM.lastIndex;
    const groups = FORM.exec(expression)?.groups;
    if (!groups) throw unexpected(expression, at);
    tokens.push(toToken(groups, at));
  }
  return tokens;
}

function toToken(groups: Readonly<Record<string, string | undefined>>, at: number): SqlToken {
  const { name, decimal, integer, parameter, string, bracketed, quoted, operator = '' } = groups;
  if (name !== undefined) {
    const upper = name.toUpperCase();
    return keywords.has(upper)
      ? { kind: 'keyword', text: upper, at }
      : { kind: 'name', text: name, at };
  }
  if (decimal !== undefined) return { kind: 'decimal', text: decimal, at };
  if (integer !== undefined) return { kind: 'integer', text: integer, at };
  if (parameter !== undefined) return { kind: 'parameter', text: parameter, at };
  if (string !== undefined) return { kind: 'string', text: string.replaceAll("''", "'"), at };
  if (bracketed !== undefined) return { kind: 'name', text: bracketed.replaceAll(']]', ']'), at };
  if (quoted !== undefined) return { kind: 'name', text: quoted.replaceAll('""', '"'), at };
  return { kind: 'operator', text: operator, at };
}

function unexpected(expression: string, at: number): FilterSyntaxError {
  const rest = expression.slice(at).trimStart();
  return new FilterSyntaxError(`'${rest.slice(0, 20)}' is not expected at position ${at}`);
}
