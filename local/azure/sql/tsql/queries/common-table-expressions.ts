import type { CommonTableExpression } from '../ast/query.ts';
import type { Parser } from '../parser.ts';
import { unsupportedOption } from '../syntax-error.ts';

/** `WITH name [(columns)] AS (query), …` */
export function parseWith(parser: Parser): readonly CommonTableExpression[] {
  parser.expect('WITH');
  const { token } = parser;
  if (parser.is('XMLNAMESPACES', 'CHANGE_TRACKING_CONTEXT') && parser.ahead(1).word === '(') {
    throw unsupportedOption(`WITH ${token.word}`, token.line);
  }
  return parser.list(() => {
    const { position } = parser;
    const name = parser.identifier();
    const columns = parser.is('(') ? parseColumnNames(parser) : undefined;
    parser.expect('AS');
    const query = parser.parenthesised(() => parser.grammar.subquery(parser));
    return { name, ...(columns === undefined ? {} : { columns }), query, ...position };
  });
}

/** `(a, b, …)` */
export function parseColumnNames(parser: Parser): readonly string[] {
  return parser.parenthesised(() => parser.list(() => parser.identifier()));
}
