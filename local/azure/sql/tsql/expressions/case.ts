import type { Expression } from '../ast/expression.ts';
import type { Parser } from '../parser.ts';
import { textError } from '../syntax-error.ts';

/** [CASE (Transact-SQL)]: "allows for only 10 levels of nesting in CASE expressions". */
const caseLimit = 10;

/** `CASE … END`, both forms. */
export function parseCase(parser: Parser): Expression {
  const { position } = parser;
  return nestCase(parser, () => {
    parser.expect('CASE');
    const input = parser.is('WHEN') ? undefined : parser.grammar.expression(parser);
    const branches = [];
    do {
      parser.expect('WHEN');
      const when =
        input === undefined ? parser.grammar.condition(parser) : parser.grammar.expression(parser);
      parser.expect('THEN');
      // biome-ignore lint/suspicious/noThenProperty: no function, so no promise either.
      branches.push({ when, then: parser.grammar.expression(parser) });
    } while (parser.is('WHEN'));
    const otherwise = parser.take('ELSE') ? parser.grammar.expression(parser) : undefined;
    parser.expect('END');
    return {
      kind: 'case',
      ...(input === undefined ? {} : { input }),
      branches,
      ...(otherwise === undefined ? {} : { otherwise }),
      ...position,
    };
  });
}

/** `IIF(condition, a, b)`, as the CASE that it is short for. */
export function parseIif(parser: Parser): Expression {
  const { position } = parser;
  return nestCase(parser, () => {
    parser.expect('IIF', '(');
    const when = parser.grammar.condition(parser);
    parser.expect(',');
    const then = parser.grammar.expression(parser);
    parser.expect(',');
    const otherwise = parser.grammar.expression(parser);
    parser.expect(')');
    return { kind: 'case', branches: [{ when, then }], otherwise, ...position };
  });
}

function nestCase(parser: Parser, production: () => Expression): Expression {
  if (parser.caseDepth >= caseLimit) {
    const message = `Case expressions may only be nested to level ${caseLimit}.`;
    throw textError(125, message, parser.token.line);
  }
  parser.caseDepth += 1;
  try {
    return production();
  } finally {
    parser.caseDepth -= 1;
  }
}
