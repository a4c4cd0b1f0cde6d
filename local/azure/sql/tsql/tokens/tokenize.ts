// The lexer: T-SQL text to tokens, in one pass.
import type { SqlError } from '../../../tds/sql-error.ts';
import { textError, unsupportedFeature } from '../syntax-error.ts';
import type { Token } from './token.ts';

export interface TokenizeOptions {
  /** SET QUOTED_IDENTIFIER; when false, `"…"` is a string. */
  readonly quotedIdentifiers: boolean;
}

/**
 * The tokens of a text, one of kind `end` last.
 * Throws SqlError 105 and 113 for quotes and comments that do not end, 102 for a character that begins nothing.
 */
export function tokenize(text: string, options: TokenizeOptions): Token[] {
  const scanner = new Scanner(text, options);
  const tokens: Token[] = [];
  for (;;) {
    const token = scanner.next();
    tokens.push(token);
    if (token.kind === 'end') return tokens;
  }
}

const blanks = /[\s\u200b]+/y;
const lineComment = /--[^\n]*/y;
const commentMark = /\/\*|\*\//g;
const word = /[\p{L}_][\p{L}\p{Nd}\p{M}@$#_]*/uy;
const variable = /@[\p{L}\p{Nd}\p{M}@$#_]+/uy;
const temporaryName = /##?[\p{L}\p{Nd}\p{M}@$#_]+/uy;
const pseudoColumn = /\$[\p{L}_]+/uy;
const moneyLiteral = /[$£€¥]\s*[-+]?[\d.][\d.,]*/uy;
const binary = /0[xX][\da-fA-F]*(?:\\\r?\n[\da-fA-F]*)*/y;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d*)?/y;
const operator = /[-+*/%&|^]=|<=|>=|<>|!=|!<|!>|::|\|\||[-+*/%&|^~=<>().,;:{}]/y;
/** A backslash at a line's end joins the lines [Backslash (line continuation)]. */
const continuation = /\\\r?\n/g;

class Scanner {
  readonly #text: string;
  readonly #options: TokenizeOptions;
  #at = 0;
  #line = 1;
  #nextBreak: number;

  constructor(text: string, options: TokenizeOptions) {
    this.#text = text;
    this.#options = options;
    this.#nextBreak = this.#findBreak(0);
  }

  next(): Token {
    this.#skipBlanks();
    const start = this.#at;
    const first = this.#text[start];
    if (first === undefined) return this.#token('end', start, '', '');
    if (first === "'") return this.#string(start, start + 1, false);
    if ((first === 'N' || first === 'n') && this.#text[start + 1] === "'") {
      return this.#string(start, start + 2, true);
    }
    if (first === '[') return this.#quoted(start, ']');
    if (first === '"') {
      return this.#options.quotedIdentifiers
        ? this.#quoted(start, '"')
        : this.#string(start, start + 1, false);
    }
    return this.#plain(start);
  }

  #plain(start: number): Token {
    const name = this.#match(word) ?? this.#match(pseudoColumn);
    if (name !== undefined) return this.#token('word', start, name, name.toUpperCase());
    const variableName = this.#match(variable);
    if (variableName !== undefined) return this.#token('variable', start, variableName, '');
    const bytes = this.#match(binary);
    if (bytes !== undefined) return this.#token('binary', start, bytes, '');
    const digits = this.#match(number);
    // `1e` is 1e0 to SQL Server.
    if (digits !== undefined) {
      return this.#token('number', start, digits.replace(/[eE][-+]?$/, '$&0'), '');
    }
    const sign = this.#match(operator);
    if (sign !== undefined) return this.#token('operator', start, sign, sign);
    throw this.#refuse(start);
  }

  #refuse(start: number): SqlError {
    const line = this.#countLines(start);
    const temporary = this.#match(temporaryName);
    if (temporary !== undefined) return unsupportedFeature(`temporary object ${temporary}`, line);
    const money = this.#match(moneyLiteral);
    if (money !== undefined) return unsupportedFeature(`money literal ${money}`, line);
    const [character] = this.#text.slice(start, start + 2);
    return textError(102, `Incorrect syntax near '${character}'.`, line);
  }

  #string(start: number, from: number, isNational: boolean): Token {
    const quote = this.#text[from - 1] ?? "'";
    const value = this.#quotedText(start, from, quote);
    const joined = value.includes('\\') ? value.replace(continuation, '') : value;
    return this.#token('string', start, joined, '', isNational);
  }

  #quoted(start: number, close: string): Token {
    const name = this.#quotedText(start, start + 1, close);
    if (name === '') {
      // [sys.messages 1038]
      const message =
        'An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.';
      throw textError(1038, message, this.#countLines(start));
    }
    if (name.length > 128) {
      const message = `The identifier that starts with '${name.slice(0, 128)}' is too long. Maximum length is 128.`;
      throw textError(103, message, this.#countLines(start));
    }
    if (name.startsWith('#')) {
      throw unsupportedFeature(`temporary object ${name}`, this.#countLines(start));
    }
    return this.#token('quoted', start, name, '');
  }

  /** Reads up to the closing quote; a doubled one stands for itself. */
  #quotedText(start: number, from: number, close: string): string {
    let value = '';
    let at = from;
    for (;;) {
      const found = this.#text.indexOf(close, at);
      if (found === -1) {
        const rest = this.#text.slice(from, from + 128);
        const message = `Unclosed quotation mark after the character string '${rest}'.`;
        throw textError(105, message, this.#countLines(start));
      }
      value += this.#text.slice(at, found);
      this.#at = found + 1;
      if (this.#text[found + 1] !== close) return value;
      value += close;
      at = found + 2;
    }
  }

  #skipBlanks(): void {
    while (this.#match(blanks) ?? this.#match(lineComment) ?? this.#blockComment());
  }

  /** Comments nest. */
  #blockComment(): true | undefined {
    if (!this.#text.startsWith('/*', this.#at)) return undefined;
    let depth = 0;
    commentMark.lastIndex = this.#at;
    for (;;) {
      const mark = commentMark.exec(this.#text);
      if (mark === null) {
        throw textError(113, "Missing end comment mark '*/'.", this.#countLines(this.#text.length));
      }
      depth += mark[0] === '/*' ? 1 : -1;
      if (depth > 0) continue;
      this.#at = commentMark.lastIndex;
      return true;
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #token(kind: Token['kind'], start: number, value: string, upper: string, isNational = false) {
    const line = this.#countLines(start);
    return { kind, word: upper, value, isNational, start, end: this.#at, line };
  }

  /** The line of an offset not before the last one asked for. */
  #countLines(offset: number): number {
    while (this.#nextBreak < offset) {
      this.#line += 1;
      this.#nextBreak = this.#findBreak(this.#nextBreak + 1);
    }
    return this.#line;
  }

  #findBreak(from: number): number {
    const found = this.#text.indexOf('\n', from);
    return found === -1 ? Number.POSITIVE_INFINITY : found;
  }
}
