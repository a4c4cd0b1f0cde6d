import { type GraphError, parserFailure } from '../query-error.ts';
import { type Token, tokenize } from './tokenize.ts';

/** Azure: what a query that ends too early is told to expect, an artefact of its own parser. [R46] */
const ANYTHING = '\u01CF';
/** Pretend: so deep may parentheses lie in each other; nobody has met Azure's limit. */
const DEEPEST = 100;

/** Reads the tokens of a query one by one. Throws GraphError that names the token. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(query: string) {
    this.#tokens = tokenize(query);
  }

  /** The next token, which stays. */
  get next(): Token {
    const token = this.#tokens[this.#position];
    if (!token) throw new RangeError('a token list has an end');
    return token;
  }

  get afterNext(): Token {
    return this.#tokens[this.#position + 1] ?? this.next;
  }

  get isAtEnd(): boolean {
    return this.next.kind === 'end';
  }

  advance(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#position += 1;
    return token;
  }

  /** Takes the next token if it is this sign, operator or word (without regard to case). */
  take(word: string): boolean {
    const { kind, text } = this.next;
    const fits = kind !== 'string' && kind !== 'datetime' && text.toLowerCase() === word;
    if (fits && kind !== 'end') this.#position += 1;
    return fits && kind !== 'end';
  }

  expect(word: string): void {
    if (!this.take(word)) throw this.refusal(word);
  }

  takeName(): string {
    if (this.next.kind !== 'name') throw this.refusal();
    return this.advance().text;
  }

  /** Reads what lies in something else; too deep is refused before the stack ends. */
  nested<T>(read: () => T): T {
    if (this.#depth === DEEPEST) throw this.refusal();
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }

  /** Of the next token. */
  refusal(expectedToken?: string): GraphError {
    return parserFailure(this.next, expectedToken ?? (this.isAtEnd ? ANYTHING : undefined));
  }
}
