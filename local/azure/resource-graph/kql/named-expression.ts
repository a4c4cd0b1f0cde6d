import type { Column, Expression } from './expression.ts';
import { type ExpressionScope, parseExpression } from './parse-expression.ts';
import type { TokenReader } from './token-reader.ts';

export interface NamedExpression {
  /** Undefined for what KQL numbers: `Column1`. */
  readonly name: string | undefined;
  readonly expression: Expression;
}

/** `a`, `a.b` (called `a_b`), `n = expression`; one or more, with commas between them. */
export function parseNamedExpressions(
  tokens: TokenReader,
  scope: ExpressionScope,
): readonly NamedExpression[] {
  const parts = [parseNamed(tokens, scope)];
  while (tokens.take(',')) parts.push(parseNamed(tokens, scope));
  return parts;
}

function parseNamed(tokens: TokenReader, scope: ExpressionScope): NamedExpression {
  const given = takeGivenName(tokens);
  const expression = parseExpression(tokens, scope);
  return { name: given ?? expression.impliedName, expression };
}

/** The name before a single `=`, and the sign with it. */
export function takeGivenName(tokens: TokenReader): string | undefined {
  if (tokens.next.kind !== 'name' || tokens.afterNext.text !== '=') return undefined;
  const name = tokens.advance().text;
  tokens.expect('=');
  return name;
}

/** Names for all of them; what has none is `Column1`, `Column2` … */
export function nameAll(
  parts: readonly NamedExpression[],
): readonly (Column & { readonly expression: Expression })[] {
  let number = 0;
  return parts.map(({ name, expression }) => ({
    name: name ?? `Column${++number}`,
    type: expression.type,
    expression,
  }));
}
