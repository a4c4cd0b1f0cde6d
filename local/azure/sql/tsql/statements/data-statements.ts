import { foldBitwise, takeAssignmentOperator } from '../assignment-operator.ts';
import type { Assignment, Delete, Insert, OutputClause, Update } from '../ast/data-statement.ts';
import type { Expression } from '../ast/expression.ts';
import type { CommonTableExpression } from '../ast/query.ts';
import { parseObjectName } from '../object-name.ts';
import type { Parser } from '../parser.ts';
import { skipQueryHints } from '../queries/query-hints.ts';
import { parseTopCount } from '../queries/select.ts';
import { parseSelectItem } from '../queries/select-item.ts';
import { parseHints } from '../queries/table-hints.ts';
import { parseFrom, parseRows, undeclaredTable } from '../queries/table-source.ts';
import { textError, unsupportedFeature, unsupportedOption } from '../syntax-error.ts';

type Ctes = readonly CommonTableExpression[];

/** [sys.messages 10738] */
const rowLimit = 1000;

export function parseInsert(parser: Parser, ctes: Ctes): Insert {
  parser.expect('INSERT');
  if (parser.is('TOP', 'BULK')) {
    throw unsupportedOption(`INSERT ${parser.token.word}`, parser.token.line);
  }
  parser.take('INTO');
  const table = parseTarget(parser);
  const hints = parser.take('WITH') ? parseHints(parser) : [];
  const namesColumns = parser.is('(') && !['SELECT', '(', 'WITH'].includes(parser.ahead(1).word);
  const columns = namesColumns
    ? parser.parenthesised(() => parser.list(() => lastPart(parser)))
    : undefined;
  const output = parseOutput(parser);
  const source = parseInsertSource(parser);
  return {
    kind: 'insert',
    with: ctes,
    table,
    hints,
    ...(columns === undefined ? {} : { columns }),
    ...(output === undefined ? {} : { output }),
    source,
  };
}

function parseInsertSource(parser: Parser): Insert['source'] {
  const { token } = parser;
  if (parser.take('DEFAULT')) {
    parser.expect('VALUES');
    return { kind: 'defaultValues' };
  }
  if (parser.is('EXEC', 'EXECUTE')) throw unsupportedOption('INSERT … EXECUTE', token.line);
  if (!parser.is('VALUES')) {
    const query = parser.grammar.query(parser);
    skipQueryHints(parser);
    return { kind: 'query', query };
  }
  const rows = parseRows(parser, () => parseValue(parser));
  if (rows.length > rowLimit) {
    const message = `The number of row value expressions in the INSERT statement exceeds the maximum allowed number of ${rowLimit} row values.`;
    throw textError(10738, message, token.line);
  }
  return { kind: 'values', rows };
}

/** A value or DEFAULT. */
export function parseValue(parser: Parser): Expression | 'default' {
  return parser.take('DEFAULT') ? 'default' : parser.grammar.expression(parser);
}

export function parseUpdate(parser: Parser, ctes: Ctes): Update {
  parser.expect('UPDATE');
  const top = parser.is('TOP') ? parseTopCount(parser) : undefined;
  const target = parseTarget(parser);
  const hints = parser.take('WITH') ? parseHints(parser) : [];
  parser.expect('SET');
  const assignments = parser.list(() => parseAssignment(parser));
  const output = parseOutput(parser);
  const rest = parseFromAndWhere(parser);
  return {
    kind: 'update',
    with: ctes,
    ...(top === undefined ? {} : { top }),
    target,
    hints,
    assignments,
    ...(output === undefined ? {} : { output }),
    ...rest,
  };
}

export function parseDelete(parser: Parser, ctes: Ctes): Delete {
  parser.expect('DELETE');
  const top = parser.is('TOP') ? parseTopCount(parser) : undefined;
  parser.take('FROM');
  const target = parseTarget(parser);
  const hints = parser.take('WITH') ? parseHints(parser) : [];
  const output = parseOutput(parser);
  const rest = parseFromAndWhere(parser);
  return {
    kind: 'delete',
    with: ctes,
    ...(top === undefined ? {} : { top }),
    target,
    hints,
    ...(output === undefined ? {} : { output }),
    ...rest,
  };
}

function parseFromAndWhere(parser: Parser) {
  const from = parser.take('FROM') ? parseFrom(parser) : [];
  if (!parser.take('WHERE')) {
    skipQueryHints(parser);
    return { from };
  }
  if (parser.isSequence('CURRENT', 'OF')) {
    throw unsupportedOption('WHERE CURRENT OF', parser.token.line);
  }
  const where = parser.grammar.condition(parser);
  skipQueryHints(parser);
  return { from, where };
}

/** `[t.]column = value`, `column += value`, `column = DEFAULT`. */
export function parseAssignment(parser: Parser): Assignment {
  const { position, token } = parser;
  if (token.kind === 'variable') throw unsupportedOption('UPDATE … SET @variable', token.line);
  const column = lastPart(parser);
  if (parser.is('(')) throw unsupportedFeature(`method .${column.toUpperCase()}`, token.line);
  const sign = takeAssignmentOperator(parser);
  if (sign === undefined && parser.take('DEFAULT'))
    return { column, value: 'default', ...position };
  const target: Expression = { kind: 'column', name: column, ...position };
  return { column, ...foldBitwise(sign, target, parser.grammar.expression(parser)), ...position };
}

/** OUTPUT's items; undefined where there is none. */
export function parseOutput(parser: Parser): OutputClause | undefined {
  if (!parser.take('OUTPUT')) return undefined;
  const items = parser.list(() => parseSelectItem(parser));
  if (parser.is('INTO')) throw unsupportedOption('OUTPUT INTO', parser.token.line);
  return { items };
}

/** A table to change. Rowset functions and table variables are none. */
export function parseTarget(parser: Parser) {
  const { token } = parser;
  if (token.kind === 'variable') throw undeclaredTable(token.value, token.line);
  if (parser.is('OPENROWSET', 'OPENQUERY', 'OPENDATASOURCE')) {
    throw unsupportedFeature(`function ${token.word}`, token.line);
  }
  return parseObjectName(parser);
}

function lastPart(parser: Parser): string {
  let name = parser.identifier();
  while (parser.take('.')) name = parser.identifier();
  return name;
}
