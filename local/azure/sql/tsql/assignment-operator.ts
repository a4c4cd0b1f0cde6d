import type { Expression } from './ast/expression.ts';
import type { Parser } from './parser.ts';

type Arithmetic = '+' | '-' | '*' | '/' | '%';
type Bitwise = '&' | '|' | '^';

/** Reads `=`, `+=` and the like: the sign before the `=`, if any. */
export function takeAssignmentOperator(parser: Parser): Arithmetic | Bitwise | undefined {
  const sign = parser.oneOf('=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=');
  return sign === '=' ? undefined : (sign[0] as Arithmetic | Bitwise);
}

/** `x &= y` as `x = x & y`: the tree keeps an operator only for arithmetic. */
export function foldBitwise(
  sign: Arithmetic | Bitwise | undefined,
  target: Expression,
  value: Expression,
): { readonly operator?: Arithmetic; readonly value: Expression } {
  if (sign === undefined) return { value };
  if (sign !== '&' && sign !== '|' && sign !== '^') return { operator: sign, value };
  const { line, start } = target;
  return {
    value: { kind: 'binaryOperation', operator: sign, left: target, right: value, line, start },
  };
}
