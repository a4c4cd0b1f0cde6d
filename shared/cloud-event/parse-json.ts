// JSON that two readers can't understand differently: JSON.parse lets the last of two equal names win, makes 1e400
// infinite and loses digits of long integers. Here such text is refused, and what is passed on is the text itself.

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
/** Without a prototype. */
export interface JsonObject {
  [name: string]: JsonValue;
}

export interface ParsedJson {
  readonly value: JsonValue;
  /** The text of each element if the value is an array, else the text of the value. */
  readonly texts: readonly string[];
}

const DEEPEST = 64;

/** Throws SyntaxError with the rest of a sentence that begins with the name of the text. */
export function parseJson(text: string): ParsedJson {
  return new Parser(text).parse();
}

const BLANK = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const WORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): ParsedJson {
    const texts: string[] = [];
    this.#skip(BLANK);
    const start = this.#at;
    const value = this.#text[start] === '[' ? this.#array(1, texts) : this.#value(1);
    if (!Array.isArray(value)) texts.push(this.#text.slice(start, this.#at));
    this.#skip(BLANK);
    if (this.#at < this.#text.length) throw this.#wrong();
    return { value, texts };
  }

  #value(depth: number): JsonValue {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #array(depth: number, texts?: string[]): JsonValue[] {
    this.#descend(depth);
    const values: JsonValue[] = [];
    if (this.#ends(']')) return values;
    do {
      this.#skip(BLANK);
      const start = this.#at;
      values.push(this.#value(depth + 1));
      texts?.push(this.#text.slice(start, this.#at));
    } while (this.#goesOn(']'));
    return values;
  }

  #object(depth: number): JsonObject {
    this.#descend(depth);
    const object: JsonObject = Object.create(null);
    if (this.#ends('}')) return object;
    do {
      this.#skip(BLANK);
      const name = this.#string();
      if (name === '__proto__') throw new SyntaxError('must not have a member named __proto__');
      if (name in object) throw new SyntaxError('must not have two members of one name');
      this.#skip(BLANK);
      if (this.#text[this.#at++] !== ':') throw this.#wrong();
      this.#skip(BLANK);
      object[name] = this.#value(depth + 1);
    } while (this.#goesOn('}'));
    return object;
  }

  /** The runtime reads the string itself, and says whether it is one. */
  #string(): string {
    const text = this.#text;
    const start = this.#at;
    if (text[start] !== '"') throw this.#wrong();
    let end = text.indexOf('"', start + 1);
    while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
    if (end < 0) throw this.#wrong();
    try {
      const value: string = JSON.parse(text.slice(start, end + 1));
      this.#at = end + 1;
      return value;
    } catch {
      throw this.#wrong();
    }
  }

  #scalar(): JsonValue {
    WORD.lastIndex = this.#at;
    const word = WORD.exec(this.#text)?.[0];
    if (word !== undefined) {
      this.#at += word.length;
      return WORDS[word] ?? null;
    }
    const number = Number(this.#take(NUMBER));
    if (!Number.isFinite(number)) throw new SyntaxError('holds a number that is too large');
    return number;
  }

  #descend(depth: number): void {
    if (depth > DEEPEST) throw new SyntaxError(`is nested more than ${DEEPEST} deep`);
    this.#at += 1;
    this.#skip(BLANK);
  }

  #ends(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false;
    this.#at += 1;
    return true;
  }

  /** Behind a member or element: true at a comma, false at the end. */
  #goesOn(end: string): boolean {
    this.#skip(BLANK);
    if (this.#ends(end)) return false;
    if (this.#text[this.#at++] !== ',') throw this.#wrong();
    return true;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    this.#at += pattern.exec(this.#text)?.[0].length ?? 0;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.#text)?.[0];
    if (!token) throw this.#wrong();
    this.#at += token.length;
    return token;
  }

  #wrong(): SyntaxError {
    return new SyntaxError(`is not JSON (at character ${Math.min(this.#at, this.#text.length)})`);
  }
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}
