import type { Expression } from '../ast/expression.ts';
import type { Select, SelectItem } from '../ast/query.ts';
import type { Parser } from '../parser.ts';
import { textError, unsupportedOption } from '../syntax-error.ts';
import { parseSelectItem } from './select-item.ts';
import { parseFrom } from './table-source.ts';

/** One SELECT, up to HAVING. */
export function parseSelect(parser: Parser): Select {
  const { position } = parser;
  parser.expect('SELECT');
  const distinct = parser.take('DISTINCT');
  if (!distinct) parser.take('ALL');
  const top = parser.is('TOP') ? parseTop(parser) : undefined;
  const items = parser.list(() => parseSelectItem(parser));
  refuseMixedAssignment(items, position.line);
  if (parser.is('INTO')) throw unsupportedOption('SELECT INTO', parser.token.line);
  const from = parser.take('FROM') ? parseFrom(parser) : [];
  const where = parser.take('WHERE') ? parser.grammar.condition(parser) : undefined;
  const groupBy = parser.take('GROUP', 'BY') ? parseGroupBy(parser) : [];
  const having = parser.take('HAVING') ? parser.grammar.condition(parser) : undefined;
  if (parser.is('WINDOW')) throw unsupportedOption('WINDOW', parser.token.line);
  return {
    kind: 'select',
    distinct,
    ...(top === undefined ? {} : { top }),
    items,
    from,
    ...(where === undefined ? {} : { where }),
    groupBy,
    ...(having === undefined ? {} : { having }),
    ...position,
  };
}

function parseTop(parser: Parser): NonNullable<Select['top']> {
  const count = parseTopCount(parser);
  const percent = parser.take('PERCENT');
  const withTies = parser.take('WITH', 'TIES');
  return { count, percent, withTies };
}

/** `TOP (expression)`, or a bare number. */
export function parseTopCount(parser: Parser): Expression {
  parser.expect('TOP');
  if (parser.is('(')) return parser.parenthesised(() => parser.grammar.expression(parser));
  const { position, token } = parser;
  if (token.kind !== 'number') throw parser.unexpected();
  parser.advance();
  return { kind: 'number', digits: token.value, ...position };
}

function parseGroupBy(parser: Parser): readonly Expression[] {
  const { token } = parser;
  const grouping = parser.is('ROLLUP', 'CUBE') && parser.ahead(1).word === '(';
  if (grouping || parser.is('ALL')) throw unsupportedOption(`GROUP BY ${token.word}`, token.line);
  if (parser.isSequence('GROUPING', 'SETS')) {
    throw unsupportedOption('GROUP BY GROUPING SETS', token.line);
  }
  if (parser.isSequence('(', ')')) throw unsupportedOption('GROUP BY ()', token.line);
  const items = parser.list(() => {
    if (parser.is('ROLLUP', 'CUBE') && parser.ahead(1).word === '(') {
      throw unsupportedOption(`GROUP BY ${parser.token.word}`, parser.token.line);
    }
    return parser.grammar.expression(parser);
  });
  if (parser.isSequence('WITH', 'ROLLUP') || parser.isSequence('WITH', 'CUBE')) {
    throw unsupportedOption(`GROUP BY WITH ${parser.ahead(1).word}`, parser.token.line);
  }
  return items;
}

function refuseMixedAssignment(items: readonly SelectItem[], line: number): void {
  const assigning = items.filter((item) => item.kind === 'assign').length;
  if (assigning === 0 || assigning === items.length) return;
  // [sys.messages 141]
  const message =
    'A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.';
  throw textError(141, message, line);
}
