import { invalidFilter } from './gateway-errors.ts';

const TOKEN = /\s*(?:('(?:[^']|'')*')|([A-Za-z/]+)|([(),]))/y;

/** Reads the tokens of an OData `$filter` one by one. Throws 400 `InvalidFilterInQueryString`. */
export class FilterParser {
  readonly #filter: string;
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(filter: string) {
    this.#filter = filter;
    this.#tokens = tokenize(filter);
  }

  get isAtEnd(): boolean {
    return this.#position === this.#tokens.length;
  }

  /** Takes the next token if it is this word or sign. */
  take(token: string): boolean {
    if (this.#tokens[this.#position]?.toLowerCase() !== token) return false;
    this.#position += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw invalidFilter(this.#filter);
  }

  /** The content of a quoted text; a doubled quote is one. */
  takeText(): string {
    const token = this.#next();
    if (!token.startsWith("'")) throw this.refusal();
    return token.slice(1, -1).replaceAll("''", "'");
  }

  /** A name, in lower case. */
  takeName(): string {
    return this.#next().toLowerCase();
  }

  refusal(): Error {
    return invalidFilter(this.#filter);
  }

  #next(): string {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw this.refusal();
    this.#position += 1;
    return token;
  }
}

function tokenize(filter: string): string[] {
  const tokens: string[] = [];
  const text = filter.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text);
    if (!token) throw invalidFilter(filter);
    tokens.push(token[1] ?? token[2] ?? token[3] ?? '');
  }
  return tokens;
}
