import type { TableSource } from '../ast/query.ts';
import { parseObjectName } from '../object-name.ts';
import { nestedTooDeeply, type Parser } from '../parser.ts';
import { textError, unsupportedFeature, unsupportedOption } from '../syntax-error.ts';
import { parseColumnNames } from './common-table-expressions.ts';
import { isHint, parseHints } from './table-hints.ts';

/** [sys.messages 106]: a query may name 256 tables. */
const tableLimit = 256;

/** What stands behind FROM. */
export function parseFrom(parser: Parser): readonly TableSource[] {
  return parser.list(() => parseTableSource(parser));
}

/** A table with its joins. */
export function parseTableSource(parser: Parser): TableSource {
  return parseJoins(parser, parsePrimarySource(parser));
}

function parseJoins(parser: Parser, first: TableSource): TableSource {
  let left = first;
  for (let count = 1; ; count += 1) {
    const type = takeJoin(parser);
    if (type === undefined) return left;
    if (count >= tableLimit) throw nestedTooDeeply(parser.token.line);
    const { line, start } = left;
    const next = parsePrimarySource(parser);
    if (type === 'cross') {
      left = { kind: 'join', type, left, right: next, line, start };
      continue;
    }
    // `a JOIN b JOIN c ON … ON …` joins b and c first.
    const right = parser.nest(() => (parser.is('ON') ? next : parseJoins(parser, next)));
    parser.expect('ON');
    const on = parser.grammar.condition(parser);
    left = { kind: 'join', type, left, right, on, line, start };
  }
}

type JoinType = Extract<TableSource, { kind: 'join' }>['type'];

function takeJoin(parser: Parser): JoinType | undefined {
  const { token } = parser;
  if (parser.take('JOIN')) return 'inner';
  if (parser.isSequence('CROSS', 'APPLY') || parser.isSequence('OUTER', 'APPLY')) {
    throw unsupportedOption(`${token.word} APPLY`, token.line);
  }
  if (parser.take('CROSS')) {
    parser.expect('JOIN');
    return 'cross';
  }
  if (!parser.is('INNER', 'LEFT', 'RIGHT', 'FULL')) return undefined;
  const type = parser.oneOf('INNER', 'LEFT', 'RIGHT', 'FULL').toLowerCase();
  if (type !== 'inner') parser.take('OUTER');
  // Hints on how to join; the result is the same.
  if (parser.is('LOOP', 'HASH', 'MERGE', 'REMOTE')) parser.advance();
  parser.expect('JOIN');
  return type as JoinType;
}

function parsePrimarySource(parser: Parser): TableSource {
  const source = parser.is('(') ? parseParenthesisedSource(parser) : parseTable(parser);
  const { token } = parser;
  if (parser.is('PIVOT', 'UNPIVOT', 'TABLESAMPLE')) {
    throw unsupportedOption(token.word, token.line);
  }
  return source;
}

function parseTable(parser: Parser): TableSource {
  const { position, token } = parser;
  if (token.kind === 'variable') throw undeclaredTable(token.value, token.line);
  if (
    parser.is(
      'OPENROWSET',
      'OPENQUERY',
      'OPENDATASOURCE',
      'OPENXML',
      'CONTAINSTABLE',
      'FREETEXTTABLE',
    )
  ) {
    throw unsupportedFeature(`function ${token.word}`, token.line);
  }
  const name = parseObjectName(parser);
  if (parser.is('(') && !isHint(parser.ahead(1))) {
    throw unsupportedFeature(`table-valued function ${name.name.toUpperCase()}`, token.line);
  }
  refuseSystemTime(parser);
  const early = parser.is('(') ? parseHints(parser) : [];
  const alias = parseTableAlias(parser);
  if (alias !== undefined) refuseSystemTime(parser);
  const hints = [...early, ...(takesHints(parser) ? parseHints(parser) : [])];
  return { kind: 'table', name, ...(alias === undefined ? {} : { alias }), hints, ...position };
}

function refuseSystemTime(parser: Parser): void {
  if (parser.isSequence('FOR', 'SYSTEM_TIME') || parser.isSequence('FOR', 'PATH')) {
    throw unsupportedOption(`FOR ${parser.ahead(1).word}`, parser.token.line);
  }
  if (parser.is('TABLESAMPLE')) throw unsupportedOption('TABLESAMPLE', parser.token.line);
}

/** `WITH (…)`, or bare `(…)` of hints behind an alias. WITH and a name is a CTE that lacks a `;` before it. */
function takesHints(parser: Parser): boolean {
  if (parser.is('(')) return isHint(parser.ahead(1));
  if (!parser.is('WITH')) return false;
  const next = parser.ahead(1);
  if (next.word === '(') {
    parser.advance();
    return true;
  }
  if (parser.isIdentifier(next) && ['AS', '('].includes(parser.ahead(2).word)) {
    // [sys.messages 336]
    const message = `Incorrect syntax near '${next.value}'. If this is intended to be a common table expression, you need to explicitly terminate the previous statement with a semi-colon.`;
    throw textError(336, message, next.line);
  }
  return false;
}

/** [sys.messages 1087]. DECLARE of table variables is refused, so none is declared. */
export function undeclaredTable(name: string, line: number) {
  return textError(1087, `Must declare the table variable "${name}".`, line);
}

export function parseTableAlias(parser: Parser): string | undefined {
  if (parser.take('AS')) return parser.identifier();
  if (!parser.isIdentifier()) return undefined;
  // Neither is reserved, yet both go on with the statement.
  if (parser.isSequence('WINDOW') || parser.isSequence('OUTPUT')) return undefined;
  return parser.identifier();
}

/** `(SELECT …) a`, `(VALUES …) a (x, y)`, or joins in parentheses. */
function parseParenthesisedSource(parser: Parser): TableSource {
  const { position } = parser;
  return parser.nest((): TableSource => {
    parser.expect('(');
    if (parser.is('VALUES')) {
      const rows = parseRows(parser, () => parser.grammar.expression(parser));
      parser.expect(')');
      parser.take('AS');
      const alias = parser.identifier();
      return { kind: 'values', rows, alias, columns: parseColumnNames(parser), ...position };
    }
    if (!parser.is('SELECT', 'WITH') && !startsQuery(parser)) {
      const source = parseTableSource(parser);
      parser.expect(')');
      return source;
    }
    const query = parser.grammar.subquery(parser);
    parser.expect(')');
    parser.take('AS');
    const alias = parser.identifier();
    const columns =
      parser.is('(') && !isHint(parser.ahead(1)) ? parseColumnNames(parser) : undefined;
    return {
      kind: 'derived',
      query,
      alias,
      ...(columns === undefined ? {} : { columns }),
      ...position,
    };
  });
}

/** Whether `((SELECT …) …` goes on as a query, not as a derived table with a name. */
function startsQuery(parser: Parser): boolean {
  let first = 0;
  while (parser.ahead(first).word === '(') first += 1;
  if (first === 0 || parser.ahead(first).word !== 'SELECT') return false;
  let at = 0;
  let depth = 0;
  do {
    const { kind, word } = parser.ahead(at);
    if (kind === 'end') return false;
    if (word === '(') depth += 1;
    if (word === ')') depth -= 1;
    at += 1;
  } while (depth > 0);
  return ['UNION', 'EXCEPT', 'INTERSECT', 'ORDER', ')'].includes(parser.ahead(at).word);
}

/** `VALUES (…), (…)`; all rows alike (10709). */
export function parseRows<T>(parser: Parser, item: () => T): readonly (readonly T[])[] {
  const { line } = parser.token;
  parser.expect('VALUES');
  const rows = parser.list(() => parser.parenthesised((): readonly T[] => parser.list(item)));
  if (rows.some((row) => row.length !== rows[0]?.length)) {
    const message =
      'The number of columns for each row in a table value constructor must be the same.';
    throw textError(10709, message, line);
  }
  return rows;
}
