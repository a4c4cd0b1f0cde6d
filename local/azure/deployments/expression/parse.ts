import { refuse } from '../functions/refusal.ts';
import type { Expression, FunctionCall } from './expression.ts';
import { type Token, tokenize } from './tokenize.ts';

/** Expressions nest by recursion here and in the evaluator; ARM's own limit on text is far shallower. */
const MAXIMUM_DEPTH = 500;

/** Templates repeat the same texts in every turn of every loop. */
const MAXIMUM_CACHED = 20_000;
const cache = new Map<string, Expression>();

/**
 * Parses an expression without its outer brackets: `concat('a', parameters('b').c[0])`.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
 *
 * @throws ServiceError 400 `InvalidTemplate` that quotes the expression, in the words of Microsoft's engine
 */
export function parseExpression(text: string): Expression {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const expression = new Parser(text).parse();
  if (cache.size >= MAXIMUM_CACHED) cache.clear();
  cache.set(text, expression);
  return expression;
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): Expression {
    const expression = this.#expression();
    this.#expect('EndOfData');
    return expression;
  }

  #expression(): Expression {
    this.#depth += 1;
    // Pretend: the depth is bounded here so that a hostile template can't exhaust the stack.
    if (this.#depth > MAXIMUM_DEPTH) {
      throw refuse(`The language expression '${this.#text.slice(0, 100)}…' is nested too deeply.`);
    }
    const token = this.#peek();
    let expression: Expression;
    if (token.kind === 'Literal') {
      this.#position += 1;
      expression = { kind: 'literal', value: token.value };
    } else {
      expression = this.#accesses(this.#call());
    }
    this.#depth -= 1;
    return expression;
  }

  #call(): FunctionCall {
    const first = this.#expect('Identifier').text;
    if (this.#peek().kind !== 'Dot') return { kind: 'call', name: first, args: this.#arguments() };
    this.#position += 1;
    const name = this.#expect('Identifier').text;
    return { kind: 'call', namespace: first, name, args: this.#arguments() };
  }

  #arguments(): readonly Expression[] {
    this.#expect('LeftParenthesis');
    if (this.#accept('RightParenthesis')) return [];
    const args: Expression[] = [];
    do args.push(this.#expression());
    while (this.#accept('Comma'));
    this.#expect('RightParenthesis');
    return args;
  }

  #accesses(call: FunctionCall): Expression {
    let target: Expression = call;
    for (;;) {
      if (this.#accept('Dot')) {
        const property = this.#expect('Identifier').text;
        target = { kind: 'property', target, property: { kind: 'literal', value: property } };
      } else if (this.#accept('LeftSquareBracket')) {
        const property = this.#expression();
        this.#expect('RightSquareBracket');
        target = { kind: 'property', target, property };
      } else {
        return target;
      }
    }
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? { kind: 'EndOfData', text: '' };
  }

  #accept(kind: Token['kind']): boolean {
    if (this.#peek().kind !== kind) return false;
    this.#position += 1;
    return true;
  }

  #expect(kind: Token['kind']): Token {
    const token = this.#peek();
    if (token.kind === kind) {
      this.#position += 1;
      return token;
    }
    throw refuse(
      `Unable to parse language expression '${this.#text}': expected token '${kind}' and actual '${token.kind}'.`,
    );
  }
}
