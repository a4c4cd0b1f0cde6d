import { SqlError } from '../../tds/sql-error.ts';
import { reservedWords } from './tokens/reserved-words.ts';
import type { Token } from './tokens/token.ts';

/** Severity of what is wrong in the text itself. */
const syntaxSeverity = 15;

/** An error of the text, in SQL Server's number and words, at a line from 1. */
export function textError(number: number, message: string, line: number): SqlError {
  return at(new SqlError(number, message, syntaxSeverity), line);
}

/** 102, or 156 at a keyword. */
export function incorrectSyntax(token: Token): SqlError {
  const near = nameToken(token);
  return reservedWords.has(token.word)
    ? textError(156, `Incorrect syntax near the keyword '${near}'.`, token.line)
    : textError(102, `Incorrect syntax near '${near}'.`, token.line);
}

/** A token as error messages show it; long ones are cut. */
export function nameToken(token: Token): string {
  return token.value.slice(0, 128);
}

// Pretend: Azure SQL has these; the numbers are those that it answers to what it lacks, the words are ours.
export const notInSubset =
  'is not supported by this local stand-in for Azure SQL; docs/sql-subset.md lists what is.';

/** A statement that Azure SQL has and the declared subset has not: 40510. */
export function unsupportedStatement(name: string, line: number): SqlError {
  return at(new SqlError(40510, `Statement '${name}' ${notInSubset}`), line);
}

/** A clause or an option of a statement outside of the declared subset: 40517. */
export function unsupportedOption(name: string, line: number): SqlError {
  return at(new SqlError(40517, `Keyword or statement option '${name}' ${notInSubset}`), line);
}

/** A type, a function or another thing outside of the declared subset: 40514. */
export function unsupportedFeature(name: string, line: number): SqlError {
  return at(new SqlError(40514, `'${name}' ${notInSubset}`), line);
}

/** What Azure SQL itself refuses, in its words: 40510. */
export function absentInAzure(name: string, line: number): SqlError {
  // SQL Server: "Statement '%.*ls' is not supported in this version of SQL Server." [sys.messages 40510]
  const message = `Statement '${name}' is not supported in this version of SQL Server.`;
  return at(new SqlError(40510, message), line);
}

function at(error: SqlError, line: number): SqlError {
  error.line = line;
  return error;
}
