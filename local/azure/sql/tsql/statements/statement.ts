import type { Statement } from '../ast/statement.ts';
import { parseObjectName } from '../object-name.ts';
import type { Parser } from '../parser.ts';
import { parseWith } from '../queries/common-table-expressions.ts';
import { parseQuery } from '../queries/query.ts';
import { skipQueryHints } from '../queries/query-hints.ts';
import { unsupportedStatement } from '../syntax-error.ts';
import { parseDelete, parseInsert, parseUpdate } from './data-statements.ts';
import { parseAlter, parseCreate, parseDrop, type StatementBody } from './definitions.ts';
import { parseExecute, parseProcedureCall } from './execute.ts';
import * as flow from './flow.ts';
import { parseMerge } from './merge.ts';
import { refuseStatement } from './refused-statements.ts';
import { parsePermissionStatement } from './security.ts';
import { parseSet } from './set.ts';

/** One statement, without the `;` behind it. Throws what SQL Server says of a text that begins none. */
export function parseStatement(parser: Parser): Statement {
  const { position } = parser;
  return parser.nest(() => {
    const body = parseBody(parser);
    return { ...body, ...position, end: parser.previous.end };
  });
}

type Production = (parser: Parser) => StatementBody;

const productions: Readonly<Record<string, Production>> = {
  SELECT: parseQueryStatement,
  '(': parseQueryStatement,
  WITH: parseWithStatement,
  INSERT: (parser) => parseInsert(parser, []),
  UPDATE: parseUpdateStatement,
  DELETE: (parser) => parseDelete(parser, []),
  MERGE: (parser) => parseMerge(parser, []),
  TRUNCATE: parseTruncate,
  CREATE: parseCreate,
  ALTER: parseAlter,
  DROP: parseDrop,
  GRANT: parsePermissionStatement,
  DENY: parsePermissionStatement,
  REVOKE: parsePermissionStatement,
  REVERT: parseRevert,
  SET: parseSet,
  EXEC: parseExecute,
  EXECUTE: parseExecute,
  DECLARE: flow.parseDeclare,
  IF: flow.parseIf,
  WHILE: flow.parseWhile,
  BREAK: flow.parseLoopExit,
  CONTINUE: flow.parseLoopExit,
  BEGIN: flow.parseBegin,
  COMMIT: flow.parseTransactionEnd,
  ROLLBACK: flow.parseTransactionEnd,
  SAVE: flow.parseTransactionEnd,
  THROW: flow.parseThrow,
  RAISERROR: flow.parseRaiseError,
  PRINT: parsePrint,
  RETURN: flow.parseReturn,
  USE: parseUse,
  WAITFOR: flow.parseWaitFor,
};

function parseBody(parser: Parser): StatementBody {
  const { word } = parser.token;
  if (word !== '' && Object.hasOwn(productions, word)) {
    const production = productions[word];
    if (production !== undefined) return production(parser);
  }
  refuseStatement(parser);
  // The first statement of a batch may call a procedure by its bare name.
  if (parser.isFirst && parser.isIdentifier()) return parseProcedureCall(parser);
  throw parser.unexpected();
}

function parseQueryStatement(parser: Parser): StatementBody {
  const query = parseQuery(parser);
  skipQueryHints(parser);
  return { kind: 'query', query };
}

/** What a WITH belongs to is known only behind it. */
function parseWithStatement(parser: Parser): StatementBody {
  const { position } = parser;
  const ctes = parseWith(parser);
  if (parser.is('INSERT')) return parseInsert(parser, ctes);
  if (parser.is('UPDATE')) return parseUpdate(parser, ctes);
  if (parser.is('DELETE')) return parseDelete(parser, ctes);
  if (parser.is('MERGE')) return parseMerge(parser, ctes);
  if (!parser.is('SELECT', '(')) throw parser.unexpected();
  const query = { ...parseQuery(parser), with: ctes, ...position };
  skipQueryHints(parser);
  return { kind: 'query', query };
}

function parseUpdateStatement(parser: Parser): StatementBody {
  if (parser.isSequence('UPDATE', 'STATISTICS')) {
    throw unsupportedStatement('UPDATE STATISTICS', parser.token.line);
  }
  return parseUpdate(parser, []);
}

function parseTruncate(parser: Parser): StatementBody {
  const { line } = parser.token;
  parser.expect('TRUNCATE', 'TABLE');
  const table = parseObjectName(parser);
  if (parser.isSequence('WITH', '(')) throw unsupportedStatement('TRUNCATE TABLE WITH', line);
  return { kind: 'truncate', table };
}

function parseRevert(parser: Parser): StatementBody {
  const { line } = parser.token;
  parser.expect('REVERT');
  if (parser.is('WITH')) throw unsupportedStatement('REVERT WITH COOKIE', line);
  return { kind: 'revert' };
}

function parsePrint(parser: Parser): StatementBody {
  parser.expect('PRINT');
  return { kind: 'print', value: parser.grammar.expression(parser) };
}

function parseUse(parser: Parser): StatementBody {
  parser.expect('USE');
  return { kind: 'use', database: parser.identifier() };
}
