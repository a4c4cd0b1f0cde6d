import { foldBitwise, takeAssignmentOperator } from '../assignment-operator.ts';
import type { Expression } from '../ast/expression.ts';
import type { SelectItem } from '../ast/query.ts';
import type { Parser } from '../parser.ts';

/** One item of a select list or of OUTPUT. */
export function parseSelectItem(parser: Parser): SelectItem {
  const { position, token } = parser;
  if (parser.take('*')) return { kind: 'all', ...position };
  const table = takeQualifiedStar(parser);
  if (table !== undefined) return { kind: 'all', table, ...position };
  if (token.kind === 'variable' && isAssignment(parser.ahead(1).word)) {
    return parseAssignment(parser);
  }
  // `alias = expression`
  if ((parser.isIdentifier() || token.kind === 'string') && parser.ahead(1).word === '=') {
    parser.advance();
    parser.advance();
    return {
      kind: 'item',
      expression: parser.grammar.expression(parser),
      alias: token.value,
      ...position,
    };
  }
  const expression = parser.grammar.expression(parser);
  const alias = parseAlias(parser);
  return { kind: 'item', expression, ...(alias === undefined ? {} : { alias }), ...position };
}

/** `[schema.]table.*`: the table's name. */
function takeQualifiedStar(parser: Parser): string | undefined {
  for (let at = 0; at <= 4; at += 2) {
    if (!parser.isIdentifier(parser.ahead(at)) || parser.ahead(at + 1).word !== '.')
      return undefined;
    if (parser.ahead(at + 2).word !== '*') continue;
    const table = parser.ahead(at).value;
    for (let read = 0; read < at + 3; read += 1) parser.advance();
    return table;
  }
  return undefined;
}

function parseAlias(parser: Parser): string | undefined {
  const required = parser.take('AS');
  if (parser.isIdentifier()) return parser.identifier();
  if (parser.token.kind === 'string') return parser.advance().value;
  if (required) throw parser.unexpected();
  return undefined;
}

function isAssignment(word: string): boolean {
  return /^[-+*/%&|^]?=$/.test(word);
}

function parseAssignment(parser: Parser): SelectItem {
  const { position } = parser;
  const variable = parser.variable();
  const sign = takeAssignmentOperator(parser);
  const target: Expression = { kind: 'variable', name: variable, ...position };
  const { operator, value } = foldBitwise(sign, target, parser.grammar.expression(parser));
  const item = { kind: 'assign', variable, expression: value, ...position } as const;
  return operator === undefined ? item : { ...item, operator };
}
