import type { ComparisonOperator, Condition, Expression } from '../ast/expression.ts';
import type { Parser } from '../parser.ts';
import { unsupportedOption } from '../syntax-error.ts';

const comparisons: Readonly<Record<string, ComparisonOperator>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '!>': '<=',
  '>': '>',
  '>=': '>=',
  '!<': '>=',
};

type Operand = (parser: Parser) => Expression | Condition;

/** One comparison, LIKE, IN, BETWEEN, IS …, EXISTS; or the bare operand where none of them follows. */
export function parsePredicate(parser: Parser, operand: Operand): Expression | Condition {
  const { position, token } = parser;
  if (parser.is('CONTAINS', 'FREETEXT', 'UPDATE')) {
    throw unsupportedOption(`${token.word} predicate`, token.line);
  }
  if (parser.take('EXISTS')) {
    return { kind: 'exists', query: parseInParentheses(parser), ...position };
  }
  const left = operand(parser);
  return parseTail(parser, left);
}

function parseTail(parser: Parser, left: Expression | Condition): Expression | Condition {
  // A condition in parentheses takes no comparison: what follows it is the caller's to refuse.
  if (!isOperand(left)) return left;
  const { line, start } = left;
  const operator = comparisons[parser.token.word];
  if (operator !== undefined) return { ...parseComparison(parser, left, operator), line, start };
  if (parser.take('IS')) return { ...parseIs(parser, left), line, start };
  const negated = parser.is('NOT') && ['IN', 'LIKE', 'BETWEEN'].includes(parser.ahead(1).word);
  if (negated) parser.advance();
  if (parser.take('IN')) {
    return { kind: 'in', operand: left, list: parseInList(parser), negated, line, start };
  }
  if (parser.take('LIKE')) {
    const pattern = parser.grammar.expression(parser);
    const like = { kind: 'like', operand: left, pattern, negated, line, start } as const;
    return parser.take('ESCAPE') ? { ...like, escape: parser.grammar.expression(parser) } : like;
  }
  if (parser.take('BETWEEN')) {
    const low = parser.grammar.expression(parser);
    parser.expect('AND');
    const high = parser.grammar.expression(parser);
    return { kind: 'between', operand: left, low, high, negated, line, start };
  }
  return left;
}

const operandKinds: ReadonlySet<string> = new Set([
  'null',
  'number',
  'string',
  'binary',
  'variable',
  'column',
  'unary',
  'binaryOperation',
  'call',
  'datePart',
  'cast',
  'case',
  'subquery',
  'collate',
  'atTimeZone',
]);

function isOperand(node: Expression | Condition): node is Expression {
  return operandKinds.has(node.kind);
}

/** Each kind without its position. */
type Placeless<T> = T extends unknown ? Omit<T, 'line' | 'start'> : never;

function parseComparison(
  parser: Parser,
  left: Expression,
  operator: ComparisonOperator,
): Placeless<Condition> {
  parser.advance();
  if (parser.is('ALL', 'ANY', 'SOME') && parser.ahead(1).word === '(') {
    const quantifier = parser.advance().word === 'ALL' ? 'all' : 'any';
    return { kind: 'quantified', operator, quantifier, left, query: parseInParentheses(parser) };
  }
  return { kind: 'comparison', operator, left, right: parser.grammar.expression(parser) };
}

function parseIs(parser: Parser, left: Expression): Placeless<Condition> {
  const negated = parser.take('NOT');
  if (parser.take('DISTINCT')) {
    parser.expect('FROM');
    const right = parser.grammar.expression(parser);
    return { kind: 'isDistinctFrom', left, right, negated };
  }
  parser.expect('NULL');
  return { kind: 'isNull', operand: left, negated };
}

function parseInList(parser: Parser) {
  return parser.parenthesised(() =>
    parser.is('SELECT', 'WITH')
      ? parser.grammar.subquery(parser)
      : parser.list(() => parser.grammar.expression(parser)),
  );
}

function parseInParentheses(parser: Parser) {
  return parser.nest(() => parser.parenthesised(() => parser.grammar.subquery(parser)));
}
