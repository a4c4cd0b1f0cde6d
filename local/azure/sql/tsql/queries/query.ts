import type { OrderItem } from '../ast/expression.ts';
import type { Query, QueryBody } from '../ast/query.ts';
import { parseOrderItem } from '../expressions/window.ts';
import { chainLimit, nestedTooDeeply, type Parser } from '../parser.ts';
import { textError, unsupportedOption } from '../syntax-error.ts';
import { parseWith } from './common-table-expressions.ts';
import { parseSelect } from './select.ts';

/** A query as a statement, with or without WITH. */
export function parseQuery(parser: Parser): Query {
  const { position } = parser;
  const ctes = parser.is('WITH') ? parseWith(parser) : [];
  const query = { ...finishQuery(parser, parseBody(parser)), with: ctes, ...position };
  refuseForClause(parser);
  return query;
}

/** A query inside of another statement: ORDER BY only with TOP or OFFSET (1033). */
export function parseSubquery(parser: Parser): Query {
  return parser.nest(() => {
    const { caseDepth } = parser;
    parser.caseDepth = 0;
    const { line } = parser.token;
    const query = parseQuery(parser);
    parser.caseDepth = caseDepth;
    refuseIdleOrder(query, line);
    return query;
  });
}

/** UNION and the like behind `(SELECT …)`. */
export function continueSubquery(parser: Parser, left: QueryBody): Query {
  const query = finishQuery(parser, parseSetOperations(parser, left));
  refuseIdleOrder(query, left.line);
  return query;
}

function finishQuery(parser: Parser, body: QueryBody): Query {
  const { line, start } = body;
  const orderBy: OrderItem[] = [];
  if (parser.take('ORDER', 'BY')) orderBy.push(...parser.list(() => parseOrderItem(parser)));
  const offset = orderBy.length > 0 ? parseOffset(parser) : {};
  return { with: [], body, orderBy, ...offset, line, start };
}

function parseOffset(parser: Parser) {
  if (!parser.take('OFFSET')) {
    if (parser.isSequence('FETCH', 'NEXT') || parser.isSequence('FETCH', 'FIRST')) {
      // [sys.messages 153]
      const option = parser.ahead(1).value;
      const message = `Invalid usage of the option ${option} in the FETCH statement.`;
      throw textError(153, message, parser.token.line);
    }
    return {};
  }
  const offset = parser.grammar.expression(parser);
  parser.oneOf('ROW', 'ROWS');
  if (!parser.take('FETCH')) return { offset };
  parser.oneOf('NEXT', 'FIRST');
  const fetch = parser.grammar.expression(parser);
  parser.oneOf('ROW', 'ROWS');
  parser.expect('ONLY');
  return { offset, fetch };
}

function parseBody(parser: Parser): QueryBody {
  return parseSetOperations(parser, parseTerm(parser));
}

/** INTERSECT binds closer than UNION and EXCEPT. */
function parseSetOperations(parser: Parser, first: QueryBody): QueryBody {
  let left = parseIntersections(parser, first);
  for (let length = 1; parser.is('UNION', 'EXCEPT'); length += 1) {
    if (length > chainLimit) throw nestedTooDeeply(parser.token.line);
    const operator = parser.oneOf('UNION', 'EXCEPT');
    const all = operator === 'UNION' && parser.take('ALL');
    const kind = operator === 'EXCEPT' ? 'except' : all ? 'unionAll' : 'union';
    const right = parseIntersections(parser, parseTerm(parser));
    const { line, start } = left;
    left = { kind, left, right, line, start };
  }
  return left;
}

function parseIntersections(parser: Parser, first: QueryBody): QueryBody {
  let left = first;
  for (let length = 1; parser.take('INTERSECT'); length += 1) {
    if (length > chainLimit) throw nestedTooDeeply(parser.token.line);
    const { line, start } = left;
    left = { kind: 'intersect', left, right: parseTerm(parser), line, start };
  }
  return left;
}

function parseTerm(parser: Parser): QueryBody {
  if (!parser.is('(')) return parseSelect(parser);
  return parser.nest(() => parser.parenthesised(() => parseBody(parser)));
}

function refuseIdleOrder(query: Query, line: number): void {
  if (query.orderBy.length === 0 || query.offset !== undefined) return;
  if (query.body.kind === 'select' && query.body.top !== undefined) return;
  // [sys.messages 1033]
  const message =
    'The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.';
  throw textError(1033, message, line);
}

function refuseForClause(parser: Parser): void {
  if (!parser.is('FOR')) return;
  const kind = parser.ahead(1).word;
  if (['JSON', 'XML', 'BROWSE'].includes(kind)) {
    throw unsupportedOption(`FOR ${kind}`, parser.token.line);
  }
}
