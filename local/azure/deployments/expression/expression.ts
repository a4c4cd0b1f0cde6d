/** The tree of one ARM template expression (the text between `[` and `]`). */
export type Expression = Literal | FunctionCall | PropertyAccess;

export interface Literal {
  readonly kind: 'literal';
  /** A string or an integer in source text; any JSON once `partial.ts` has evaluated a branch. */
  readonly value: unknown;
}

export interface FunctionCall {
  readonly kind: 'call';
  /** Of a user-defined function: `contoso` in `contoso.name('x')`. */
  readonly namespace?: string;
  /** As written; functions are found without regard to case. */
  readonly name: string;
  readonly args: readonly Expression[];
}

/** `target.name` and `target[index]`. */
export interface PropertyAccess {
  readonly kind: 'property';
  readonly target: Expression;
  readonly property: Expression;
}
