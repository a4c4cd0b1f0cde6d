// Expressions and conditions in one climb: only what follows an opening parenthesis tells which one it is.
import type { Condition, Expression } from '../ast/expression.ts';
import { isCondition } from '../ast/is-condition.ts';
import { chainLimit, nestedTooDeeply, type Parser } from '../parser.ts';
import { nameToken, textError, unsupportedOption } from '../syntax-error.ts';
import { parsePredicate } from './predicate.ts';
import { parsePrimary } from './primary.ts';

type BinaryOperator = Extract<Expression, { kind: 'binaryOperation' }>['operator'];

/** `~` binds closest, then `* / %`, then `+ - & ^ |` [Operator precedence (Transact-SQL)]. */
const precedences: Readonly<Record<string, number>> = {
  '*': 2,
  '/': 2,
  '%': 2,
  '+': 1,
  '-': 1,
  '&': 1,
  '^': 1,
  '|': 1,
};

/** An expression; a comparison behind it is left to the caller. */
export function parseExpression(parser: Parser): Expression {
  return parser.nest(() => {
    return requireExpression(parser, parseOperand(parser));
  });
}

/** A condition. Throws 4145 for an expression. */
export function parseCondition(parser: Parser): Condition {
  return parser.nest(() => requireCondition(parser, parseEither(parser)));
}

function parseEither(parser: Parser): Expression | Condition {
  return parseChain(parser, 'or', () => parseChain(parser, 'and', () => parseNegation(parser)));
}

/** Long chains become a balanced tree: AND and OR do not mind, and the stack does. */
function parseChain(
  parser: Parser,
  kind: 'and' | 'or',
  operand: () => Expression | Condition,
): Expression | Condition {
  const { position } = parser;
  const first = operand();
  const word = kind.toUpperCase();
  if (!parser.is(word)) return first;
  const operands = [requireCondition(parser, first)];
  while (parser.take(word)) operands.push(requireCondition(parser, operand()));
  const join = (from: number, to: number): Condition => {
    const only = operands[from];
    if (only === undefined) throw new Error('A chain without an operand.');
    if (to - from === 1) return only;
    const middle = from + Math.ceil((to - from) / 2);
    const { line, start } = from === 0 ? position : only;
    return { kind, left: join(from, middle), right: join(middle, to), line, start };
  };
  return join(0, operands.length);
}

function parseNegation(parser: Parser): Expression | Condition {
  const { position } = parser;
  if (!parser.take('NOT')) return parsePredicate(parser, parseOperand);
  const operand = parser.nest(() => requireCondition(parser, parseNegation(parser)));
  return { kind: 'not', operand, ...position };
}

function requireCondition(parser: Parser, node: Expression | Condition): Condition {
  if (isCondition(node)) return node;
  // [sys.messages 4145]
  const { token } = parser;
  const near = token.kind === 'end' ? parser.previous : token;
  const message = `An expression of non-boolean type specified in a context where a condition is expected, near '${nameToken(near)}'.`;
  throw textError(4145, message, near.line);
}

/** Operators over primaries; a condition only if it is one in parentheses with nothing behind it. */
function parseOperand(parser: Parser): Expression | Condition {
  const first = parseUnary(parser);
  return isCondition(first) ? first : climb(parser, first, 1);
}

function climb(parser: Parser, first: Expression, lowest: number): Expression {
  let left = first;
  let length = 0;
  for (;;) {
    const sign = parser.token.word;
    if (sign === '||') throw unsupportedOption('operator ||', parser.token.line);
    const precedence = precedences[sign];
    if (precedence === undefined || precedence < lowest) return left;
    length += 1;
    if (length > chainLimit) throw nestedTooDeeply(parser.token.line);
    parser.advance();
    const next = requireExpression(parser, parseUnary(parser));
    const right = climb(parser, next, precedence + 1);
    const { line, start } = left;
    const operator = sign as BinaryOperator;
    left = { kind: 'binaryOperation', operator, left, right, line, start };
  }
}

function parseUnary(parser: Parser): Expression | Condition {
  const { position } = parser;
  if (!parser.is('-', '+', '~')) return parsePostfix(parser);
  const operator = parser.oneOf('-', '+', '~');
  const operand = parser.nest(() => requireExpression(parser, parseUnary(parser)));
  return { kind: 'unary', operator, operand, ...position };
}

function parsePostfix(parser: Parser): Expression | Condition {
  const first = parser.is('(') ? parseParenthesis(parser) : parsePrimary(parser);
  if (isCondition(first)) return first;
  const { line, start } = first;
  let operand = first;
  for (let count = 0; count < chainLimit; count += 1) {
    if (parser.take('COLLATE')) {
      operand = { kind: 'collate', operand, collation: parser.identifier(), line, start };
    } else if (parser.take('AT', 'TIME', 'ZONE')) {
      const zone = requireExpression(parser, parseUnary(parser));
      operand = { kind: 'atTimeZone', operand, zone, line, start };
    } else return operand;
  }
  throw nestedTooDeeply(parser.token.line);
}

/** `(query)`, `(expression)` or `(condition)`. */
function parseParenthesis(parser: Parser): Expression | Condition {
  const { position } = parser;
  return parser.nest(() => {
    parser.expect('(');
    if (parser.is('SELECT', 'WITH')) {
      const query = parser.grammar.subquery(parser);
      parser.expect(')');
      return { kind: 'subquery', query, ...position };
    }
    const inner = parseEither(parser);
    // `((SELECT …) UNION (SELECT …))`
    if (inner.kind === 'subquery' && parser.is('UNION', 'EXCEPT', 'INTERSECT')) {
      const query = parser.grammar.continueSubquery(parser, inner.query.body);
      parser.expect(')');
      return { kind: 'subquery', query, ...position };
    }
    parser.expect(')');
    return inner;
  });
}

/** A condition where a value must be: 102 at what ends it. */
function requireExpression(parser: Parser, node: Expression | Condition): Expression {
  if (isCondition(node)) throw parser.unexpected(parser.previous);
  return node;
}
