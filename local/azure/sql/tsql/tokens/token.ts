/** A piece of T-SQL text between blanks and comments. */
export interface Token {
  /** `word` is a bare name or a keyword, `quoted` a name in `[…]` or `"…"`. */
  readonly kind:
    | 'word'
    | 'quoted'
    | 'string'
    | 'number'
    | 'binary'
    | 'variable'
    | 'operator'
    | 'end';
  /** What the grammar compares: the word in upper case, the operator's sign; empty for all others. */
  readonly word: string;
  /** The name without its quotes, the string's characters, the digits; as written otherwise. */
  readonly value: string;
  /** Of a string: written as N'…'. */
  readonly isNational: boolean;
  /** Offset of its first character, from 0. */
  readonly start: number;
  /** Offset behind its last character. */
  readonly end: number;
  /** From 1. */
  readonly line: number;
}
