import type { Statement } from '../ast/statement.ts';
import type { Parser } from '../parser.ts';
import { textError } from '../syntax-error.ts';

/** Statements up to where `isEnd` says so; SQL Server wants at least one. */
export function parseStatements(parser: Parser, isEnd: () => boolean): readonly Statement[] {
  const statements: Statement[] = [];
  while (parser.take(';'));
  while (!isEnd()) {
    refuseOpenWith(parser, statements.length > 0);
    statements.push(parser.grammar.statement(parser));
    while (parser.take(';'));
  }
  return statements;
}

/** WITH and THROW want the statement before them ended by `;`. */
function refuseOpenWith(parser: Parser, follows: boolean): void {
  if (!follows || parser.previous.word === ';') return;
  if (parser.is('THROW')) throw parser.unexpected();
  if (!parser.is('WITH')) return;
  // [sys.messages 319]
  const message = `Incorrect syntax near the keyword '${parser.token.value}'. If this statement is a common table expression, an xmlnamespaces clause or a change tracking context clause, the previous statement must be terminated with a semicolon.`;
  throw textError(319, message, parser.token.line);
}
