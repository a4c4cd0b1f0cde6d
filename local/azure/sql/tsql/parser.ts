// The cursor over the tokens of one text, and the productions that need each other.
import type { Condition, Expression } from './ast/expression.ts';
import type { Position } from './ast/position.ts';
import type { Query, QueryBody } from './ast/query.ts';
import type { Statement } from './ast/statement.ts';
import { incorrectSyntax, nameToken, textError } from './syntax-error.ts';
import { reservedWords } from './tokens/reserved-words.ts';
import type { Token } from './tokens/token.ts';

/** Productions that call each other in a circle: each file reaches the others' through the parser. */
export interface Grammar {
  expression(parser: Parser): Expression;
  condition(parser: Parser): Condition;
  /** From `SELECT` or `(`, without WITH and without checks on ORDER BY. */
  query(parser: Parser): Query;
  /** A query inside of parentheses, which the caller reads. */
  subquery(parser: Parser): Query;
  /** UNION and the like behind a query that was read in parentheses. */
  continueSubquery(parser: Parser, left: QueryBody): Query;
  statement(parser: Parser): Statement;
}

/** What a statement may be depends on where it stands. */
export interface Surroundings {
  readonly inProcedure: boolean;
  readonly inLoop: boolean;
  readonly inCatch: boolean;
}

// Pretend: SQL Server's limits depend on the memory that it has left; ours are fixed, and far from the end of the stack.
const nestingLimit = 200;

/** Longest chain of operators, UNIONs and the like: the tree leans to the left, and who walks it has a stack. */
export const chainLimit = 500;

export class Parser {
  readonly text: string;
  readonly grammar: Grammar;
  surroundings: Surroundings = { inProcedure: false, inLoop: false, inCatch: false };
  /** CASE expressions around this place. */
  caseDepth = 0;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string, tokens: readonly Token[], grammar: Grammar) {
    this.text = text;
    this.#tokens = tokens;
    this.grammar = grammar;
  }

  get token(): Token {
    return this.ahead(0);
  }

  /** The token read last; the first one if none was. */
  get previous(): Token {
    return this.#tokens[Math.max(this.#at - 1, 0)] ?? this.token;
  }

  get isFirst(): boolean {
    return this.#at === 0;
  }

  get atEnd(): boolean {
    return this.token.kind === 'end';
  }

  get position(): Position {
    const { line, start } = this.token;
    return { line, start };
  }

  ahead(count: number): Token {
    const token = this.#tokens[Math.min(this.#at + count, this.#tokens.length - 1)];
    if (token === undefined) throw new Error('A text without an end token.');
    return token;
  }

  advance(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  /** Whether the next token is one of these words or operators. */
  is(...words: readonly string[]): boolean {
    const { word } = this.token;
    return word !== '' && words.includes(word);
  }

  /** Whether the next tokens are these words or operators, in this order. */
  isSequence(...words: readonly string[]): boolean {
    return words.every((word, index) => this.ahead(index).word === word);
  }

  /** Reads these words if they all come next. */
  take(...words: readonly string[]): boolean {
    if (!this.isSequence(...words)) return false;
    for (const _ of words) this.advance();
    return true;
  }

  /** Throws 102 or 156 unless these words come next. */
  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.take(word)) throw this.unexpected();
  }

  /** Reads one of these words, and tells which. */
  oneOf<const W extends string>(...words: readonly W[]): W {
    const { word } = this.token;
    const found = words.find((candidate) => candidate === word);
    if (found === undefined) throw this.unexpected();
    this.advance();
    return found;
  }

  /** The error for a token that cannot be here. At the end SQL Server names the token before it. */
  unexpected(token: Token = this.token): ReturnType<typeof incorrectSyntax> {
    if (token.kind !== 'end') return incorrectSyntax(token);
    const { previous } = this;
    return textError(102, `Incorrect syntax near '${nameToken(previous)}'.`, previous.line);
  }

  isIdentifier(token: Token = this.token): boolean {
    return token.kind === 'quoted' || (token.kind === 'word' && !reservedWords.has(token.word));
  }

  identifier(): string {
    if (!this.isIdentifier()) throw this.unexpected();
    const token = this.advance();
    if (token.value.length > 128) {
      const message = `The identifier that starts with '${nameToken(token)}' is too long. Maximum length is 128.`;
      throw textError(103, message, token.line);
    }
    return token.value;
  }

  variable(): string {
    if (this.token.kind !== 'variable') throw this.unexpected();
    return this.advance().value;
  }

  /** `item, item, …` */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.take(',')) items.push(item());
    return items;
  }

  /** `(item, item, …)` */
  parenthesised<T>(content: () => T): T {
    this.expect('(');
    const value = content();
    this.expect(')');
    return value;
  }

  /** Runs a production that may contain itself; error 191 instead of an overflowing stack. */
  nest<T>(production: () => T): T {
    if (this.#depth >= nestingLimit) throw nestedTooDeeply(this.token.line);
    this.#depth += 1;
    try {
      return production();
    } finally {
      this.#depth -= 1;
    }
  }

  within<T>(surroundings: Partial<Surroundings>, production: () => T): T {
    const before = this.surroundings;
    this.surroundings = { ...before, ...surroundings };
    try {
      return production();
    } finally {
      this.surroundings = before;
    }
  }

  /** The text from an offset to the end of what has been read. */
  textFrom(start: number): string {
    return this.text.slice(start, this.previous.end);
  }

  expectEnd(): void {
    if (!this.atEnd) throw this.unexpected();
  }
}

/** [sys.messages 191] */
export function nestedTooDeeply(line: number): ReturnType<typeof textError> {
  const message =
    'Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.';
  return textError(191, message, line);
}
