/** Reads a value as `bicep console` prints it: Bicep's literals, one member or element a line. */
export function parseBicepValue(text: string): unknown {
  const reader = new Reader(text);
  const value = reader.value();
  reader.expectEnd();
  return value;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

class Reader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): unknown {
    this.#skipSpace();
    const character = this.#text[this.#position];
    if (character === "'") return this.#string();
    if (character === '[') return this.#array();
    if (character === '{') return this.#object();
    const word = this.#word(/[^\s,\]}]+/y);
    return JSON.parse(word);
  }

  expectEnd(): void {
    this.#skipSpace();
    if (this.#position !== this.#text.length) throw new Error(`not a Bicep value: ${this.#text}`);
  }

  #array(): readonly unknown[] {
    const elements: unknown[] = [];
    this.#position += 1;
    while (!this.#accept(']')) elements.push(this.value());
    return elements;
  }

  #object(): unknown {
    const members: [string, unknown][] = [];
    this.#position += 1;
    while (!this.#accept('}')) {
      const isQuoted = this.#text[this.#position] === "'";
      const name = isQuoted ? this.#string() : this.#word(/[A-Za-z_]\w*/y);
      if (!this.#accept(':')) throw new Error(`no member in ${this.#text}`);
      members.push([name, this.value()]);
    }
    return Object.fromEntries(members);
  }

  #string(): string {
    const literal = this.#word(/'(?:[^'\\]|\\.)*'/sy).slice(1, -1);
    return literal.replace(/\\(?:u\{([0-9a-fA-F]+)\}|(.))/gs, (_, code, letter) =>
      code === undefined ? (ESCAPES[letter] ?? letter) : String.fromCodePoint(Number.parseInt(code, 16)),
    );
  }

  #word(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw new Error(`not a Bicep value: ${this.#text}`);
    this.#position += found.length;
    return found;
  }

  #accept(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#position] !== character) return false;
    this.#position += 1;
    return true;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#position] ?? '')) this.#position += 1;
  }
}
