import type { Expression, OrderItem, Window } from '../ast/expression.ts';
import type { Parser } from '../parser.ts';

/** What stands between the parentheses of OVER. */
export function parseWindow(parser: Parser): Window {
  const partitionBy: Expression[] = [];
  if (parser.take('PARTITION', 'BY')) {
    partitionBy.push(...parser.list(() => parser.grammar.expression(parser)));
  }
  const orderBy = parser.take('ORDER', 'BY') ? parser.list(() => parseOrderItem(parser)) : [];
  if (!parser.is('ROWS', 'RANGE')) return { partitionBy, orderBy };
  return { partitionBy, orderBy, frame: parseFrame(parser) };
}

export function parseOrderItem(parser: Parser): OrderItem {
  const expression = parser.grammar.expression(parser);
  const descending = parser.take('DESC');
  if (!descending) parser.take('ASC');
  return { expression, descending };
}

function parseFrame(parser: Parser): string {
  const unit = parser.oneOf('ROWS', 'RANGE');
  if (!parser.take('BETWEEN')) return `${unit} ${parseBound(parser, unit)}`;
  const from = parseBound(parser, unit);
  parser.expect('AND');
  return `${unit} BETWEEN ${from} AND ${parseBound(parser, unit)}`;
}

/** RANGE takes no number in SQL Server. */
function parseBound(parser: Parser, unit: 'ROWS' | 'RANGE'): string {
  if (parser.take('CURRENT', 'ROW')) return 'CURRENT ROW';
  if (parser.take('UNBOUNDED')) {
    return `UNBOUNDED ${parser.oneOf('PRECEDING', 'FOLLOWING')}`;
  }
  const { token } = parser;
  if (unit === 'RANGE' || token.kind !== 'number' || !/^\d+$/.test(token.value)) {
    throw parser.unexpected();
  }
  parser.advance();
  return `${token.value} ${parser.oneOf('PRECEDING', 'FOLLOWING')}`;
}
