// The ways into the parser.
import type { ProcedureParameter } from './ast/definition.ts';
import type { Condition, Expression } from './ast/expression.ts';
import type { Statement } from './ast/statement.ts';
import {
  parseCondition as condition,
  parseExpression as expression,
} from './expressions/expression.ts';
import { type Grammar, Parser } from './parser.ts';
import { continueSubquery, parseQuery, parseSubquery } from './queries/query.ts';
import { parseParameters } from './statements/modules.ts';
import { parseStatement } from './statements/statement.ts';
import { parseStatements } from './statements/statement-list.ts';
import { type TokenizeOptions, tokenize } from './tokens/tokenize.ts';

const grammar: Grammar = {
  expression,
  condition,
  query: parseQuery,
  subquery: parseSubquery,
  continueSubquery,
  statement: parseStatement,
};

const defaults: TokenizeOptions = { quotedIdentifiers: true };

/**
 * The statements of one batch, all of them before any runs. GO is no statement: see `splitBatches`.
 * Throws SqlError with SQL Server's number, words and line; 40510, 40514, 40517 for what docs/sql-subset.md leaves out.
 */
export function parseBatch(text: string, options = defaults): readonly Statement[] {
  const parser = open(text, options);
  return parseStatements(parser, () => parser.atEnd);
}

/** An expression on its own, as a column's default is kept. Throws as `parseBatch`. */
export function parseExpression(text: string): Expression {
  return parseWhole(text, expression);
}

/** A condition on its own, as a check constraint is kept. Throws as `parseBatch`. */
export function parseCondition(text: string): Condition {
  return parseWhole(text, condition);
}

/** `@a int, @b nvarchar(10) OUTPUT`, as sp_executesql has it; empty for none. Throws as `parseBatch`. */
export function parseParameterDeclarations(text: string): readonly ProcedureParameter[] {
  return text.trim() === '' ? [] : parseWhole(text, parseParameters);
}

function parseWhole<T>(text: string, production: (parser: Parser) => T): T {
  const parser = open(text, defaults);
  const result = production(parser);
  parser.expectEnd();
  return result;
}

function open(text: string, options: TokenizeOptions): Parser {
  return new Parser(text, tokenize(text, options), grammar);
}
