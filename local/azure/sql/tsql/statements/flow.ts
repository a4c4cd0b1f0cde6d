// Variables, blocks, errors and transactions.
import type { Statement } from '../ast/statement.ts';
import { parseDataType } from '../data-type.ts';
import type { Parser } from '../parser.ts';
import {
  textError,
  unsupportedFeature,
  unsupportedOption,
  unsupportedStatement,
} from '../syntax-error.ts';
import type { StatementBody } from './definitions.ts';
import { parseStatements } from './statement-list.ts';

export function parseDeclare(parser: Parser): StatementBody {
  const { line } = parser.token;
  parser.expect('DECLARE');
  if (parser.isIdentifier()) throw unsupportedStatement('DECLARE CURSOR', line);
  const variables = parser.list(() => {
    const name = parser.variable();
    parser.take('AS');
    if (parser.is('TABLE')) throw unsupportedFeature(`table variable ${name}`, parser.token.line);
    const type = parseDataType(parser);
    return parser.take('=')
      ? { name, type, value: parser.grammar.expression(parser) }
      : { name, type };
  });
  return { kind: 'declare', variables };
}

export function parseIf(parser: Parser): StatementBody {
  parser.expect('IF');
  const condition = parser.grammar.condition(parser);
  const then = parser.grammar.statement(parser);
  if (parser.is(';') && parser.ahead(1).word === 'ELSE') parser.advance();
  if (!parser.take('ELSE')) return { kind: 'if', condition, then };
  return { kind: 'if', condition, then, otherwise: parser.grammar.statement(parser) };
}

export function parseWhile(parser: Parser): StatementBody {
  parser.expect('WHILE');
  const condition = parser.grammar.condition(parser);
  const body = parser.within({ inLoop: true }, () => parser.grammar.statement(parser));
  return { kind: 'while', condition, body };
}

/** BREAK, CONTINUE. */
export function parseLoopExit(parser: Parser): StatementBody {
  const { line } = parser.token;
  const word = parser.oneOf('BREAK', 'CONTINUE');
  if (!parser.surroundings.inLoop) {
    const message = `Cannot use a ${word} statement outside the scope of a WHILE statement.`;
    throw textError(word === 'BREAK' ? 135 : 136, message, line);
  }
  return { kind: word === 'BREAK' ? 'break' : 'continue' };
}

/** BEGIN of a block, of TRY or of a transaction. */
export function parseBegin(parser: Parser): StatementBody {
  const { line } = parser.token;
  parser.expect('BEGIN');
  if (parser.is('TRAN', 'TRANSACTION')) {
    parser.advance();
    const name = parseTransactionName(parser);
    if (parser.isSequence('WITH', 'MARK')) throw unsupportedOption('WITH MARK', line);
    return { kind: 'beginTransaction', ...name };
  }
  if (parser.take('TRY')) return parseTry(parser);
  if (parser.is('DISTRIBUTED', 'DIALOG', 'CONVERSATION', 'ATOMIC')) {
    throw unsupportedStatement(`BEGIN ${parser.token.word}`, line);
  }
  const statements = parseStatements(parser, () => parser.is('END') || parser.atEnd);
  if (statements.length === 0) throw parser.unexpected();
  parser.expect('END');
  return { kind: 'block', statements };
}

function parseTry(parser: Parser): StatementBody {
  const isEnd = () => parser.is('END') || parser.atEnd;
  const body = parseStatements(parser, isEnd);
  if (body.length === 0) throw parser.unexpected();
  parser.expect('END', 'TRY');
  parser.take(';');
  parser.expect('BEGIN', 'CATCH');
  const handler = parser.within({ inCatch: true }, (): readonly Statement[] =>
    parseStatements(parser, isEnd),
  );
  parser.expect('END', 'CATCH');
  return { kind: 'try', body, handler };
}

/** COMMIT, ROLLBACK, SAVE. */
export function parseTransactionEnd(parser: Parser): StatementBody {
  const { line } = parser.token;
  const word = parser.oneOf('COMMIT', 'ROLLBACK', 'SAVE');
  if (parser.is('CONVERSATION')) throw unsupportedStatement(`${word} CONVERSATION`, line);
  if (word !== 'SAVE' && parser.take('WORK'))
    return { kind: word === 'COMMIT' ? 'commit' : 'rollback' };
  if (word === 'SAVE') {
    parser.oneOf('TRAN', 'TRANSACTION');
    const named = parseTransactionName(parser);
    if (named.name === undefined) throw parser.unexpected();
    return { kind: 'saveTransaction', ...named };
  }
  const named =
    parser.take('TRAN') || parser.take('TRANSACTION') ? parseTransactionName(parser) : {};
  if (word === 'COMMIT' && parser.isSequence('WITH', '(')) {
    throw unsupportedOption('DELAYED_DURABILITY', line);
  }
  return { kind: word === 'COMMIT' ? 'commit' : 'rollback', ...named };
}

function parseTransactionName(parser: Parser): { readonly name?: string } {
  if (parser.token.kind === 'variable') {
    throw unsupportedOption('transaction name in a variable', parser.token.line);
  }
  return parser.isIdentifier() ? { name: parser.identifier() } : {};
}

export function parseThrow(parser: Parser): StatementBody {
  const { line } = parser.token;
  parser.expect('THROW');
  if (!['number', 'variable'].includes(parser.token.kind)) {
    if (parser.surroundings.inCatch) return { kind: 'throw' };
    // [sys.messages 10704]
    const message =
      'To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.';
    throw textError(10704, message, line);
  }
  const number = parser.grammar.expression(parser);
  parser.expect(',');
  const message = parser.grammar.expression(parser);
  parser.expect(',');
  return { kind: 'throw', number, message, state: parser.grammar.expression(parser) };
}

export function parseRaiseError(parser: Parser): StatementBody {
  parser.expect('RAISERROR', '(');
  const [message, severity, state, ...rest] = parser.list(() => parser.grammar.expression(parser));
  if (message === undefined || severity === undefined || state === undefined) {
    throw parser.unexpected();
  }
  parser.expect(')');
  let nowait = false;
  let log = false;
  if (parser.take('WITH')) {
    parser.list(() => {
      const { line } = parser.token;
      const option = parser.oneOf('NOWAIT', 'LOG', 'SETERROR');
      if (option === 'SETERROR') throw unsupportedOption('RAISERROR WITH SETERROR', line);
      if (option === 'LOG') log = true;
      else nowait = true;
    });
  }
  return { kind: 'raiseError', message, severity, state, arguments: rest, nowait, log };
}

export function parseReturn(parser: Parser): StatementBody {
  const { line } = parser.token;
  parser.expect('RETURN');
  if (!startsExpression(parser)) return { kind: 'return' };
  if (!parser.surroundings.inProcedure) {
    // [sys.messages 178]
    const message = 'A RETURN statement with a return value cannot be used in this context.';
    throw textError(178, message, line);
  }
  return { kind: 'return', value: parser.grammar.expression(parser) };
}

function startsExpression(parser: Parser): boolean {
  const { kind } = parser.token;
  if (['number', 'string', 'binary', 'variable', 'quoted'].includes(kind)) return true;
  if (parser.is('(', '-', '+', '~', 'CASE', 'NULL', 'COALESCE', 'NULLIF', 'CONVERT')) return true;
  // A bare word is a column nowhere here: only a call can follow.
  return parser.isIdentifier() && parser.ahead(1).word === '(';
}

export function parseWaitFor(parser: Parser): StatementBody {
  const { line } = parser.token;
  parser.expect('WAITFOR');
  if (parser.is('(', 'TIME')) {
    throw unsupportedStatement(parser.is('(') ? 'WAITFOR ( … )' : 'WAITFOR TIME', line);
  }
  parser.expect('DELAY');
  if (!['string', 'variable'].includes(parser.token.kind)) throw parser.unexpected();
  return { kind: 'waitFor', delay: parser.grammar.expression(parser) };
}
