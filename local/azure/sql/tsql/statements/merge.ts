import type { Merge } from '../ast/data-statement.ts';
import type { CommonTableExpression } from '../ast/query.ts';
import type { Parser } from '../parser.ts';
import { parseColumnNames } from '../queries/common-table-expressions.ts';
import { skipQueryHints } from '../queries/query-hints.ts';
import { parseHints } from '../queries/table-hints.ts';
import { parseTableAlias, parseTableSource } from '../queries/table-source.ts';
import { textError, unsupportedOption } from '../syntax-error.ts';
import { parseAssignment, parseOutput, parseTarget, parseValue } from './data-statements.ts';

type MergeClause = Merge['clauses'][number];

/** MERGE; a semicolon must follow (10713). */
export function parseMerge(parser: Parser, ctes: readonly CommonTableExpression[]): Merge {
  const { line } = parser.token;
  parser.expect('MERGE');
  if (parser.is('TOP')) throw unsupportedOption('MERGE TOP', line);
  parser.take('INTO');
  const target = parseTarget(parser);
  const hints = parser.take('WITH') ? parseHints(parser) : [];
  const alias = parser.is('USING') ? undefined : parseTableAlias(parser);
  parser.expect('USING');
  const source = parseTableSource(parser);
  parser.expect('ON');
  const on = parser.grammar.condition(parser);
  const clauses: MergeClause[] = [];
  do clauses.push(parseClause(parser));
  while (parser.is('WHEN'));
  const output = parseOutput(parser);
  skipQueryHints(parser);
  if (!parser.is(';')) {
    throw textError(10713, 'A MERGE statement must be terminated by a semi-colon (;).', line);
  }
  return {
    kind: 'merge',
    with: ctes,
    target,
    hints,
    ...(alias === undefined ? {} : { alias }),
    source,
    on,
    clauses,
    ...(output === undefined ? {} : { output }),
  };
}

function parseClause(parser: Parser): MergeClause {
  parser.expect('WHEN');
  const when = parseWhen(parser);
  const and = parser.take('AND') ? parser.grammar.condition(parser) : undefined;
  parser.expect('THEN');
  const action = parseAction(parser, when);
  return and === undefined ? { when, action } : { when, and, action };
}

function parseWhen(parser: Parser): MergeClause['when'] {
  if (parser.take('MATCHED')) return 'matched';
  parser.expect('NOT', 'MATCHED');
  if (!parser.take('BY')) return 'notMatchedByTarget';
  return parser.oneOf('TARGET', 'SOURCE') === 'SOURCE'
    ? 'notMatchedBySource'
    : 'notMatchedByTarget';
}

/** INSERT only where the target has no row, UPDATE and DELETE only where it has one. */
function parseAction(parser: Parser, when: MergeClause['when']): MergeClause['action'] {
  if (when === 'notMatchedByTarget') {
    parser.expect('INSERT');
    const columns = parser.is('(') ? parseColumnNames(parser) : undefined;
    if (columns === undefined && parser.take('DEFAULT')) {
      parser.expect('VALUES');
      return { kind: 'insert', columns: [], values: [] };
    }
    parser.expect('VALUES');
    const values = parser.parenthesised(() => parser.list(() => parseValue(parser)));
    return { kind: 'insert', ...(columns === undefined ? {} : { columns }), values };
  }
  if (parser.take('DELETE')) return { kind: 'delete' };
  parser.expect('UPDATE', 'SET');
  return { kind: 'update', assignments: parser.list(() => parseAssignment(parser)) };
}
