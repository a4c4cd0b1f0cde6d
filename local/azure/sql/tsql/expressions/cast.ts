import type { Expression } from '../ast/expression.ts';
import { parseCastType } from '../data-type.ts';
import type { Parser } from '../parser.ts';

/** `CAST(x AS type)`, `TRY_CAST`. */
export function parseCast(parser: Parser): Expression {
  const { position } = parser;
  const isTry = parser.oneOf('CAST', 'TRY_CAST') === 'TRY_CAST';
  return parser.parenthesised(() => {
    const operand = parser.grammar.expression(parser);
    parser.expect('AS');
    return { kind: 'cast', operand, type: parseCastType(parser), isTry, ...position };
  });
}

/** `CONVERT(type, x [, style])`, `TRY_CONVERT`. */
export function parseConvert(parser: Parser): Expression {
  const { position } = parser;
  const isTry = parser.oneOf('CONVERT', 'TRY_CONVERT') === 'TRY_CONVERT';
  return parser.parenthesised(() => {
    const type = parseCastType(parser);
    parser.expect(',');
    const operand = parser.grammar.expression(parser);
    const cast = { kind: 'cast', operand, type, isTry, ...position } as const;
    return parser.take(',') ? { ...cast, style: parser.grammar.expression(parser) } : cast;
  });
}
