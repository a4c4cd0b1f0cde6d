// Statements of T-SQL outside of the declared subset, by their first words.
import type { Parser } from '../parser.ts';
import { absentInAzure, unsupportedStatement } from '../syntax-error.ts';

/** Words that begin nothing else. */
const refused: readonly string[] = [
  'ADD SENSITIVITY',
  'ADD SIGNATURE',
  'BULK INSERT',
  'CHECKPOINT',
  'CLOSE',
  'DBCC',
  'DEALLOCATE',
  'DISABLE TRIGGER',
  'ENABLE TRIGGER',
  'END CONVERSATION',
  'FETCH',
  'GET CONVERSATION',
  'GOTO',
  'KILL',
  'LINENO',
  'MOVE CONVERSATION',
  'OPEN',
  'READTEXT',
  'RECEIVE',
  'SEND ON',
  'SETUSER',
  'UPDATETEXT',
  'WRITETEXT',
];

/** What Azure SQL Database has not either, and says so itself. */
const absent: readonly string[] = [
  'BACKUP DATABASE',
  'BACKUP LOG',
  'BACKUP CERTIFICATE',
  'RESTORE DATABASE',
  'RESTORE LOG',
  'RESTORE',
  'BACKUP',
  'RECONFIGURE',
  'SHUTDOWN',
];

/** Throws 40510 if one of them comes next. */
export function refuseStatement(parser: Parser): void {
  const { line, word } = parser.token;
  if (word === '') return;
  const next = (name: string) => parser.isSequence(...name.split(' '));
  const missing = absent.find(next);
  if (missing !== undefined) throw absentInAzure(missing, line);
  const name = refused.find(next);
  if (name !== undefined) throw unsupportedStatement(name, line);
  if (parser.isIdentifier() && parser.ahead(1).word === ':') {
    throw unsupportedStatement('label (GOTO)', line);
  }
}
